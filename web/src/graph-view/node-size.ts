/** Half the width of a node in pixels, before zooming. The area grows with the citations; the least is still seen. */
export function radiusOf(citedByCount: number, mostCited: number): number {
  const share = Math.min(1, Math.max(0, citedByCount) / Math.max(mostCited, leastScale));
  return smallest + (largest - smallest) * Math.sqrt(share);
}

const smallest = 3.5;
const largest = 17;
/** Where nothing is cited more often than this, nothing is drawn largest: being cited once is not much. */
const leastScale = 40;
