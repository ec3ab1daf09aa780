import type { Position } from "../positions.ts";

export type Arrow = {
  readonly from: Position;
  readonly to: Position;
  /** How far from `from` it begins, and before `to` it ends. */
  readonly gaps: readonly [from: number, to: number];
  readonly width: number;
};

/** Numbers of a vertex: x, y, how far it lies beside the arrow's middle, and how far the arrow goes there. */
export const numbersPerVertex = 4;
/** Two triangles for the line, one for its head. */
export const verticesPerArrow = 9;

/** Beyond its border a pixel more is drawn, in which it fades. */
const border = 1;

/**
 * The triangles of an arrow, in pixels, for a program that draws what lies nearer to the middle than the arrow goes.
 * Nothing where the two ends touch.
 */
export function arrowShape({ from, to, gaps, width }: Arrow): readonly number[] {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const [begin, tip] = [gaps[0], distance - gaps[1]];
  if (tip <= begin) return [];
  const [alongX, alongY] = [(to.x - from.x) / distance, (to.y - from.y) / distance];
  const vertex = (along: number, beside: number, reach: number): number[] => [
    from.x + along * alongX - beside * alongY,
    from.y + along * alongY + beside * alongX,
    beside,
    reach,
  ];
  const head = Math.min(4.5 * width, tip - begin);
  const base = tip - head;
  const [thin, thick] = [width / 2, 2 * width];
  const side = (along: number, reach: number, sign: 1 | -1) => vertex(along, sign * (reach + border), reach);
  return [
    ...side(begin, thin, 1),
    ...side(begin, thin, -1),
    ...side(base, thin, 1),
    ...side(begin, thin, -1),
    ...side(base, thin, 1),
    ...side(base, thin, -1),
    ...side(base, thick, 1),
    ...side(base, thick, -1),
    // Its sides go on by the border's pixel.
    ...vertex(tip + (border * head) / thick, 0, -border),
  ];
}
