import type { Adjacency, Rows } from "./adjacency.ts";
import type { Meter } from "./budget.ts";

type PageRankOptions = {
  /** The damping factor: the probability of following a reference instead of jumping to a random work. */
  readonly damping?: number;
  /** Maximum number of iterations. */
  readonly iterations?: number;
  /** Iterations end when the ranks change by less than this, summed over all works. */
  readonly tolerance?: number;
  /** By vertex, 1 for those of the subgraph to rank, with the edges among them; all by default. */
  readonly within?: Uint8Array;
  /** Ranks flow only along internal anchors. */
  readonly anchorsOnly?: boolean;
};

export type PageRank = {
  /** By vertex; they sum to 1. 0 for works outside the subgraph, and for indexes of removed works. */
  readonly scores: Float64Array;
  readonly iterations: number;
  /** Whether `tolerance` was reached. */
  readonly converged: boolean;
  /** The budget ended first: the ranks are those of the last complete iteration. */
  readonly truncated: boolean;
};

/** Rows between two checks of the budget. */
const verticesBetweenLooks = 256;

/**
 * PageRank along references: a work ranks high if highly ranked works cite it. Each work begins with 1 / n. A work
 * without references distributes its rank evenly to all. Self-citations count like others. Defaults: damping 0.85, at
 * most 100 iterations, tolerance 1e-9. O(edges) an iteration.
 */
export function pageRank(
  adjacency: Adjacency,
  { damping = 0.85, iterations = 100, tolerance = 1e-9, within, anchorsOnly = false }: PageRankOptions,
  meter: Meter,
  scores: Float64Array = new Float64Array(adjacency.size),
): PageRank {
  const { size, citedBy } = adjacency;
  const { isIn, outDegrees, count } = members(adjacency, within, anchorsOnly);
  if (count === 0) return { scores, iterations: 0, converged: true, truncated: false };
  const { offsets, cells } = citedBy.flat(size);
  // The share of rank that a work passes to each work it cites.
  const shares = new Float64Array(size);
  const next = new Float64Array(size);
  for (let vertex = 0; vertex < size; vertex++) if (isIn[vertex] === 1) scores[vertex] = 1 / count;
  for (let iteration = 1; iteration <= iterations; iteration++) {
    let dangling = 0;
    for (let vertex = 0; vertex < size; vertex++) {
      const degree = outDegrees[vertex] as number;
      const score = scores[vertex] as number;
      if (degree > 0) shares[vertex] = score / degree;
      else dangling += score;
    }
    const floor = (1 - damping + damping * dangling) / count;
    let difference = 0;
    for (let vertex = 0, at = 0, metered = 0; vertex < size; vertex++) {
      const end = offsets[vertex + 1] as number;
      if (vertex % verticesBetweenLooks === 0) {
        const last = offsets[Math.min(size, vertex + verticesBetweenLooks)] as number;
        if (meter.countEdges(last - metered) < last - metered || meter.exhausted !== null) {
          return { scores, iterations: iteration - 1, converged: false, truncated: true };
        }
        metered = last;
      }
      if (isIn[vertex] === 0) {
        at = end;
        continue;
      }
      let sum = 0;
      for (; at < end; at++) {
        const cell = cells[at] as number;
        if (!anchorsOnly || (cell & 1) === 1) sum += shares[cell >>> 1] as number;
      }
      const score = floor + damping * sum;
      difference += Math.abs(score - (scores[vertex] as number));
      next[vertex] = score;
    }
    scores.set(next);
    if (difference < tolerance) return { scores, iterations: iteration, converged: true, truncated: false };
  }
  return { scores, iterations, converged: false, truncated: false };
}

type Members = { readonly isIn: Uint8Array; readonly outDegrees: Uint32Array; readonly count: number };

/** The ranked vertices, and how many ranked works each of them cites. Works outside pass nothing on. */
function members(adjacency: Adjacency, within: Uint8Array | undefined, anchorsOnly: boolean): Members {
  const { size, references } = adjacency;
  const isIn = new Uint8Array(size);
  const outDegrees = new Uint32Array(size);
  let count = 0;
  for (let vertex = 0; vertex < size; vertex++) {
    if (within?.[vertex] === 0 || !adjacency.isPresent(vertex)) continue;
    isIn[vertex] = 1;
    count++;
    outDegrees[vertex] = degreeWithin(references, vertex, within, anchorsOnly);
  }
  return { isIn, outDegrees, count };
}

/**
 * By vertex, how many works cite it. In a subgraph (1 by vertex for its members) only members count, and all others get
 * 0; with `anchorsOnly` only internal anchors count. O(vertices), for a subgraph O(edges).
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

/** A vertex's number of neighbours in these rows: of the subgraph if given, by internal anchors if required. */
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
