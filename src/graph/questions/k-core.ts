import type { Adjacency } from "../adjacency.ts";
import type { Meter } from "../budget.ts";

export type Cores = {
  /** By vertex, the greatest k for which it is in the k-core. */
  readonly coreness: Uint32Array;
  /** The greatest of all. */
  readonly degeneracy: number;
};

/**
 * The k-core is what is left when works with fewer than k neighbours are taken away until there is none; who cites
 * whom does not matter, a work's citation of itself does not count, and two works that cite each other are neighbours
 * once. By the algorithm of Batagelj and Zaveršnik: the work of least degree is taken away, again and again.
 * O(vertices + edges). Null where the budget ended.
 */
export function coreDecomposition(adjacency: Adjacency, meter: Meter): Cores | null {
  const { size } = adjacency;
  const degrees = new Uint32Array(size);
  let most = 0;
  for (let vertex = 0; vertex < size; vertex++) {
    let degree = 0;
    if (!eachNeighbour(adjacency, vertex, meter, () => degree++)) return null;
    degrees[vertex] = degree;
    if (degree > most) most = degree;
  }
  // Vertices in the order of their degrees; by degree, where those of it begin; by vertex, where it stands.
  const starts = new Uint32Array(most + 2);
  for (const degree of degrees) starts[degree + 1] = (starts[degree + 1] as number) + 1;
  for (let degree = 0; degree <= most; degree++) {
    starts[degree + 1] = (starts[degree + 1] as number) + (starts[degree] as number);
  }
  const order = new Uint32Array(size);
  const places = new Uint32Array(size);
  const fill = starts.slice();
  for (let vertex = 0; vertex < size; vertex++) {
    const place = fill[degrees[vertex] as number] as number;
    fill[degrees[vertex] as number] = place + 1;
    order[place] = vertex;
    places[vertex] = place;
  }
  for (let next = 0; next < size; next++) {
    const vertex = order[next] as number;
    const degree = degrees[vertex] as number;
    const isDone = eachNeighbour(adjacency, vertex, meter, (neighbour) => {
      const old = degrees[neighbour] as number;
      if (old <= degree) return;
      // It changes places with the first of its degree, which then begins one later.
      const place = places[neighbour] as number;
      const firstPlace = starts[old] as number;
      const firstVertex = order[firstPlace] as number;
      order[place] = firstVertex;
      places[firstVertex] = place;
      order[firstPlace] = neighbour;
      places[neighbour] = firstPlace;
      starts[old] = firstPlace + 1;
      degrees[neighbour] = old - 1;
    });
    if (!isDone) return null;
  }
  return { coreness: degrees, degeneracy: degrees.reduce((a, b) => Math.max(a, b), 0) };
}

/** Each other work that cites it or is cited by it, once: both rows are ascending. False where the budget ended. */
function eachNeighbour(
  { references, citedBy }: Adjacency,
  vertex: number,
  meter: Meter,
  use: (neighbour: number) => void,
): boolean {
  references.seek(vertex);
  const { cells: out, start: outStart, end: outEnd } = references;
  citedBy.seek(vertex);
  const { cells: into, start: intoStart, end: intoEnd } = citedBy;
  const count = outEnd - outStart + intoEnd - intoStart;
  if (meter.edges(count) < count || meter.exhausted !== null) return false;
  let a = outStart;
  let b = intoStart;
  while (a < outEnd || b < intoEnd) {
    const cited = a < outEnd ? (out[a] as number) >>> 1 : Number.POSITIVE_INFINITY;
    const citing = b < intoEnd ? (into[b] as number) >>> 1 : Number.POSITIVE_INFINITY;
    const neighbour = Math.min(cited, citing);
    if (cited === neighbour) a++;
    if (citing === neighbour) b++;
    if (neighbour !== vertex) use(neighbour);
  }
  return true;
}
