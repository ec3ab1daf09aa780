import type { Adjacency, Rows } from "./adjacency.ts";
import type { Meter } from "./budget.ts";
import { TopK } from "./order.ts";
import type { Scratch } from "./scratch.ts";

/** How often each work was found. */
type NeighbourCounts = {
  /** The works found: a view of scratch memory. */
  readonly vertices: Uint32Array;
  /** The number of given works that each was found with. */
  countOf(vertex: number): number;
};

/**
 * For each neighbour of the given works, counts how many of them it neighbours. Each work must be given once. Within
 * the budget of `meter`. O(edges of the given works).
 */
function countNeighbours(
  rows: Rows,
  works: readonly number[] | Uint32Array,
  size: number,
  meter: Meter,
  scratch: Scratch,
): NeighbourCounts {
  const { marks } = scratch;
  marks.begin(size, works.length + 1);
  const { stamps, base } = marks;
  const list = scratch.list(size);
  let count = 0;
  for (const work of works) {
    rows.seek(work);
    const { cells, start } = rows;
    const stop = start + meter.countEdges(rows.end - start);
    for (let at = start; at < stop; at++) {
      const neighbour = (cells[at] as number) >>> 1;
      const stamp = stamps[neighbour] as number;
      if (stamp > base) stamps[neighbour] = stamp + 1;
      else if (meter.countVertex()) {
        stamps[neighbour] = base + 1;
        list[count++] = neighbour;
      }
    }
    if (meter.exhausted !== null) break;
  }
  return { vertices: list.subarray(0, count), countOf: (vertex) => marks.get(vertex) };
}

/** A work, and the number of given works it was found with. */
type CountedVertex = { readonly vertex: number; readonly count: number };

export type CountedVertices = { readonly works: readonly CountedVertex[]; readonly truncated: boolean };

/** The works with the highest counts, at least `least`: equals most cited first, then by work id. */
function topCounted(
  adjacency: Adjacency,
  { vertices, countOf }: NeighbourCounts,
  { least, first, excluded }: { least: number; first: number; excluded?: ReadonlySet<number> },
  meter: Meter,
): CountedVertices {
  const best = new TopK(first, adjacency);
  for (const vertex of vertices) {
    const count = countOf(vertex);
    if (count < least || excluded?.has(vertex)) continue;
    best.offer(vertex, count, adjacency.citedBy.degree(vertex));
  }
  return {
    works: best.sorted().map(({ vertex, first: count }) => ({ vertex, count })),
    truncated: meter.isBudgetExhausted,
  };
}

/**
 * The works that at least `least` of the given works cite, with counts: highest first, equals most cited first, then by
 * work id. O(references of the given works).
 */
export function commonReferences(
  adjacency: Adjacency,
  works: readonly number[],
  { least, first }: { readonly least: number; readonly first: number },
  meter: Meter,
  scratch: Scratch,
): CountedVertices {
  const counted = countNeighbours(adjacency.references, [...new Set(works)], adjacency.size, meter, scratch);
  return topCounted(adjacency, counted, { least, first }, meter);
}

/**
 * Prior works of a set, a term of Connected Papers: those outside it that most of its works cite. Equals most cited
 * first, then by work id. O(references of the set).
 */
export function priorWorks(
  adjacency: Adjacency,
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedVertices {
  return topCountedOutside(adjacency, adjacency.references, set, first, meter, scratch);
}

/**
 * Derivative works of a set, such as surveys: those outside it that cite most of its works. Equals most cited first,
 * then by work id. O(citations of the set).
 */
export function derivativeWorks(
  adjacency: Adjacency,
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedVertices {
  return topCountedOutside(adjacency, adjacency.citedBy, set, first, meter, scratch);
}

function topCountedOutside(
  adjacency: Adjacency,
  rows: Adjacency["references"],
  set: readonly number[],
  first: number,
  meter: Meter,
  scratch: Scratch,
): CountedVertices {
  const members = new Set(set);
  const counted = countNeighbours(rows, [...members], adjacency.size, meter, scratch);
  return topCounted(adjacency, counted, { least: 1, first, excluded: members }, meter);
}

/** What two works have in common: the works that both cite, or the works that cite both. */
export type Relatedness = "BIBLIOGRAPHIC_COUPLING" | "CO_CITATION";

type RelatedVertex = {
  readonly vertex: number;
  /** Salton's cosine: shared / sqrt(a × b), of reference counts (coupling) or citation counts (co-citation). 0 to 1. */
  readonly score: number;
  readonly sharedCount: number;
  /** The shared works themselves, most cited first. */
  readonly shared: Uint32Array;
};

type RelatedVertices = { readonly related: readonly RelatedVertex[]; readonly truncated: boolean };

/**
 * The works most related to one, best first, equals by work id; with the first of the shared works. Two works are
 * coupled by the works that both cite, and co-cited by the works that cite both. O(edges two steps away).
 */
export function relatedWorks(
  adjacency: Adjacency,
  work: number,
  by: Relatedness,
  { first, shared: maxShared }: { readonly first: number; readonly shared: number },
  meter: Meter,
  scratch: Scratch,
): RelatedVertices {
  const [forwardRows, backwardRows] = directionRows(adjacency, by);
  const own = neighboursOf(forwardRows, work, meter);
  const counted = countNeighbours(backwardRows, own, adjacency.size, meter, scratch);
  const best = new TopK(first, adjacency);
  for (const vertex of counted.vertices) {
    if (vertex === work) continue;
    const count = counted.countOf(vertex);
    // The square of the score without its constant factor: a single division, so equal scores stay equal.
    best.offer(vertex, (count * count) / forwardRows.degree(vertex), 0);
  }
  const ownCount = forwardRows.degree(work);
  const related = best.sorted().map(({ vertex }) => {
    const sharedCount = counted.countOf(vertex);
    const score = sharedCount / Math.sqrt(ownCount * forwardRows.degree(vertex));
    return { vertex, score, sharedCount };
  });
  return {
    related: related.map((entry) => ({
      ...entry,
      shared: sharedWorks(adjacency, work, entry.vertex, by, maxShared),
    })),
    truncated: meter.isBudgetExhausted,
  };
}

/** The works shared by two works, most cited first, equals by work id. O(degrees). */
function sharedWorks(
  adjacency: Adjacency,
  a: number,
  b: number,
  by: Relatedness,
  first: number,
): Uint32Array {
  const [rows] = directionRows(adjacency, by);
  rows.seek(a);
  const { cells, start, end } = rows;
  rows.seek(b);
  const { cells: otherCells, start: otherStart, end: otherEnd } = rows;
  const best = new TopK(first, adjacency);
  // Both rows are ascending.
  for (let at = start, other = otherStart; at < end && other < otherEnd; ) {
    const vertex = (cells[at] as number) >>> 1;
    const otherVertex = (otherCells[other] as number) >>> 1;
    if (vertex === otherVertex) best.offer(vertex, adjacency.citedBy.degree(vertex), 0);
    if (vertex <= otherVertex) at++;
    if (otherVertex <= vertex) other++;
  }
  return Uint32Array.from(best.sorted(), ({ vertex }) => vertex);
}

function directionRows({ references, citedBy }: Adjacency, by: Relatedness): readonly [Rows, Rows] {
  return by === "BIBLIOGRAPHIC_COUPLING" ? [references, citedBy] : [citedBy, references];
}

function neighboursOf(rows: Rows, vertex: number, meter: Meter): Uint32Array {
  rows.seek(vertex);
  const { cells, start } = rows;
  const end = start + meter.countEdges(rows.end - start);
  return cells.slice(start, end).map((cell) => cell >>> 1);
}
