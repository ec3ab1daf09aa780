import type { Position } from "../positions.ts";

type Extent = [least: number, most: number];

/** The least width and height of a picture, in the layout's units: few works are not blown up to fill it. */
const least = { x: 420, y: 260 };

/** What of the plane is shown for works that lie close together; null where they need the room by themselves. */
export function roomFor(works: readonly Position[]): { x: Extent; y: Extent } | null {
  const x = extentOf(works.map((work) => work.x));
  const y = extentOf(works.map((work) => work.y));
  if (works.length === 0 || x[1] - x[0] >= least.x || y[1] - y[0] >= least.y) return null;
  return { x: widened(x, least.x), y: widened(y, least.y) };
}

function extentOf(values: readonly number[]): Extent {
  return [Math.min(...values), Math.max(...values)];
}

function widened([from, to]: Extent, size: number): Extent {
  const middle = (from + to) / 2;
  return [middle - size / 2, middle + size / 2];
}
