/** For each vertex, the longest chain that begins there. */
type Chains = {
  /** Steps; -1 if no chain from here ends at `end`. */
  readonly lengths: Int32Array;
  /** The next vertex of such a chain; -1 at its end. */
  readonly next: Int32Array;
};

/**
 * The longest chains of anchors that go back in time: a step leads from a vertex to an anchor of it with an earlier
 * time, so chains have no cycles. Of equally long chains, the one whose next vertex comes first by `compare`. `times`
 * is -Infinity if unknown: a chain ends there. `end` is the last vertex of all chains; anywhere by default. O(vertices
 * × log(vertices) + anchors).
 */
export function longestChains(
  times: Float64Array,
  anchorsOf: (vertex: number) => Iterable<number>,
  compare: (a: number, b: number) => number,
  end?: number,
): Chains {
  const size = times.length;
  const lengths = new Int32Array(size).fill(end === undefined ? 0 : -1);
  const next = new Int32Array(size).fill(-1);
  if (end !== undefined) lengths[end] = 0;
  // All possible successors of a vertex come before it.
  const order = Uint32Array.from(times.keys()).sort(
    (a, b) => Math.sign((times[a] as number) - (times[b] as number)) || 0,
  );
  for (const vertex of order) {
    if (vertex === end) continue;
    for (const anchor of anchorsOf(vertex)) {
      const length = lengths[anchor] as number;
      if (length < 0 || !((times[anchor] as number) < (times[vertex] as number))) continue;
      const best = lengths[vertex] as number;
      const isLonger = length + 1 > best;
      if (isLonger || (length + 1 === best && compare(anchor, next[vertex] as number) < 0)) {
        lengths[vertex] = length + 1;
        next[vertex] = anchor;
      }
    }
  }
  return { lengths, next };
}
