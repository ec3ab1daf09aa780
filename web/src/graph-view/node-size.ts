/** Half the width of a node in pixels, before zooming. The area grows with the citations; the least is still seen. */
export function radiusOf(citedByCount: number, mostCited: number): number {
  const share = mostCited <= 0 ? 0 : Math.min(1, Math.max(0, citedByCount) / mostCited);
  return smallest + (largest - smallest) * Math.sqrt(share);
}

const smallest = 3.5;
const largest = 17;
