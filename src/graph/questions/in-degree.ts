import type { Adjacency, Rows } from "../adjacency.ts";

/**
 * By vertex, how many works cite it; of a subgraph (1 by vertex for those in it) how many of these, and 0 for all
 * others; with `anchorsOnly` how many by an internal anchor. O(vertices), of a part O(edges).
 */
export function inDegrees(
  { size, citedBy }: Adjacency,
  within?: Uint8Array,
  anchorsOnly = false,
): Float64Array {
  const degrees = new Float64Array(size);
  for (let vertex = 0; vertex < size; vertex++) {
    if (within?.[vertex] !== 0) degrees[vertex] = degreeWithin(citedBy, vertex, within, anchorsOnly);
  }
  return degrees;
}

/** How many neighbours a vertex has in these rows: those inside where a part is given, those by anchors alone. */
export function degreeWithin(
  rows: Rows,
  vertex: number,
  within: Uint8Array | undefined,
  anchorsOnly: boolean,
): number {
  if (within === undefined && !anchorsOnly) return rows.degree(vertex);
  rows.seek(vertex);
  const { cells, start, end } = rows;
  let degree = 0;
  for (let at = start; at < end; at++) {
    const cell = cells[at] as number;
    if (anchorsOnly && (cell & 1) === 0) continue;
    if (within === undefined || within[cell >>> 1] === 1) degree++;
  }
  return degree;
}
