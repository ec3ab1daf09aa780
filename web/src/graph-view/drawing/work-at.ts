import type { Position } from "../positions.ts";

/** A work as it is pointed at: a disc. */
export type Disc = Position & { readonly id: string; readonly radius: number; readonly standsOut: boolean };

/**
 * The work that is seen at a place, or at most `padding` beside it; null where none is. Of several, one that stands out,
 * and then the smallest: these are drawn over the others. All lengths are of one unit.
 */
export function workAt(place: Position, works: Iterable<Disc>, padding: number): string | null {
  let found: Disc | null = null;
  for (const work of works) {
    if (Math.hypot(work.x - place.x, work.y - place.y) > work.radius + padding) continue;
    if (found === null || isOver(work, found)) found = work;
  }
  return found?.id ?? null;
}

function isOver(work: Disc, other: Disc): boolean {
  if (work.standsOut !== other.standsOut) return work.standsOut;
  return work.radius < other.radius;
}
