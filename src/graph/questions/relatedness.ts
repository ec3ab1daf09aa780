import type { Adjacency, Rows } from "../adjacency.ts";
import type { Meter } from "../budget.ts";
import { Best } from "../order.ts";
import type { Scratch } from "../scratch.ts";
import { tally } from "./tally.ts";

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
  { first, shared: mostShared }: { readonly first: number; readonly shared: number },
  meter: Meter,
  scratch: Scratch,
): RelatedVertices {
  const [there, back] = sides(adjacency, by);
  const own = neighboursOf(there, work, meter);
  const counted = tally(back, own, adjacency.size, meter, scratch);
  const best = new Best(first, adjacency);
  for (const vertex of counted.vertices) {
    if (vertex === work) continue;
    const count = counted.countOf(vertex);
    // The square of the score without its constant factor: a single division, so equal scores stay equal.
    best.offer(vertex, (count * count) / there.degree(vertex), 0);
  }
  const ownCount = there.degree(work);
  const related = best.take().map(({ vertex }) => {
    const sharedCount = counted.countOf(vertex);
    const score = sharedCount / Math.sqrt(ownCount * there.degree(vertex));
    return { vertex, score, sharedCount };
  });
  return {
    related: related.map((entry) => ({
      ...entry,
      shared: sharedWorks(adjacency, work, entry.vertex, by, mostShared),
    })),
    truncated: meter.isShort,
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
  const [rows] = sides(adjacency, by);
  rows.seek(a);
  const { cells, start, end } = rows;
  rows.seek(b);
  const { cells: otherCells, start: otherStart, end: otherEnd } = rows;
  const best = new Best(first, adjacency);
  // Both rows are ascending.
  for (let at = start, other = otherStart; at < end && other < otherEnd; ) {
    const vertex = (cells[at] as number) >>> 1;
    const otherVertex = (otherCells[other] as number) >>> 1;
    if (vertex === otherVertex) best.offer(vertex, adjacency.citedBy.degree(vertex), 0);
    if (vertex <= otherVertex) at++;
    if (otherVertex <= vertex) other++;
  }
  return Uint32Array.from(best.take(), ({ vertex }) => vertex);
}

function sides({ references, citedBy }: Adjacency, by: Relatedness): readonly [Rows, Rows] {
  return by === "BIBLIOGRAPHIC_COUPLING" ? [references, citedBy] : [citedBy, references];
}

function neighboursOf(rows: Rows, vertex: number, meter: Meter): Uint32Array {
  rows.seek(vertex);
  const { cells, start } = rows;
  const end = start + meter.edges(rows.end - start);
  return cells.slice(start, end).map((cell) => cell >>> 1);
}
