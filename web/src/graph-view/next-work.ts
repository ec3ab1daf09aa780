import type { Position, Positions } from "./positions.ts";

export type Heading = "left" | "right" | "up" | "down";

const headings: Readonly<Record<Heading, Position>> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: 1 },
  down: { x: 0, y: -1 },
};

/**
 * The work that an arrow key leads to: of those connected with the one in focus, that which lies best in the arrow's
 * direction; near ones rather than far ones. Null where none lies that way.
 */
export function nextWork(
  from: string,
  heading: Heading,
  neighbours: ReadonlySet<string>,
  positions: Positions,
): string | null {
  const here = positions.get(from);
  if (here === undefined) return null;
  const { x, y } = headings[heading];
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const id of neighbours) {
    const there = positions.get(id);
    if (there === undefined) continue;
    const [dx, dy] = [there.x - here.x, there.y - here.y];
    const along = dx * x + dy * y;
    const aside = Math.abs(dx * y - dy * x);
    // Within half a right angle of the arrow, its border included: all four arrows together reach every neighbour.
    if (along <= 0 || aside > along) continue;
    const cost = along + 2 * aside;
    if (cost < least || (cost === least && best !== null && id < best)) {
      best = id;
      least = cost;
    }
  }
  return best;
}
