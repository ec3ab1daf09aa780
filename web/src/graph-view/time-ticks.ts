export type Tick = { readonly year: number; readonly text: string };

const steps = [1, 2, 5, 10, 20, 50, 100];
const least = 56;

/** The years that a time axis names: as many as there is room for, at round numbers. */
export function timeTicks(from: number, to: number, pixelsPerYear: number): Tick[] {
  const step = steps.find((years) => years * pixelsPerYear >= least) ?? Number.NaN;
  if (Number.isNaN(step)) return [];
  const ticks: Tick[] = [];
  for (let year = Math.ceil(from / step) * step; year <= to && ticks.length < 200; year += step) {
    ticks.push({ year, text: String(year) });
  }
  return ticks;
}
