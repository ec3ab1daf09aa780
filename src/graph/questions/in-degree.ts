import type { Adjacency } from "../adjacency.ts";

/**
 * By vertex, how many works cite it; of a subgraph (1 by vertex for those in it) how many of these, and 0 for all
 * others. O(vertices), of a subgraph O(edges).
 */
export function inDegrees({ size, citedBy }: Adjacency, within?: Uint8Array): Float64Array {
  const degrees = new Float64Array(size);
  for (let vertex = 0; vertex < size; vertex++) {
    if (within === undefined) degrees[vertex] = citedBy.degree(vertex);
    else if (within[vertex] === 1) {
      citedBy.seek(vertex);
      const { cells, start, end } = citedBy;
      let degree = 0;
      for (let at = start; at < end; at++) degree += Number(within[(cells[at] as number) >>> 1] === 1);
      degrees[vertex] = degree;
    }
  }
  return degrees;
}
