import type { Relatedness } from "../../src/graph/index.ts";
import { countByVertex, type EdgeList } from "./edge-list.ts";
import { below, randomOf } from "./random.ts";

/** What every engine is asked, by vertices; what it answers must be equal. */
export type Question =
  /** How many works are reached, the first among them. */
  | { readonly kind: "hops"; readonly from: number; readonly depth: number; readonly isBack: boolean }
  /** The length of a shortest path along references, however long; -1 where there is none. */
  | { readonly kind: "path"; readonly from: number; readonly to: number }
  /** The 20 works most related by Salton's cosine, with how many works they share; equals by work id. */
  | { readonly kind: "related"; readonly work: number; readonly by: Relatedness }
  /** The 20 works of the highest PageRank after so many iterations; `tolerance` ends it there as well. */
  | { readonly kind: "pagerank"; readonly iterations: number; readonly tolerance: number };

export type Comparable = number | readonly (number | readonly [vertex: number, shared: number])[];

/** Questions of one kind, and for how long an engine may be asked them: it answers as many as it can, in their order. */
export type Group = {
  readonly name: string;
  readonly questions: readonly Question[];
  readonly seconds: number;
};

export const first = 20;

/** The questions of both graphs. */
export function questionGroups(
  list: EdgeList,
  hub: number,
  tolerance: number,
  { count, seconds }: { readonly count: number; readonly seconds: number },
): Group[] {
  const random = randomOf(77);
  const size = list.ids.length;
  const references = countByVertex(size, list.citing);
  const citedBy = countByVertex(size, list.cited);
  // Who asks where references lead to asks it of works that have some.
  const someWith = (degrees: Uint32Array): number => {
    for (;;) {
      const vertex = below(random, size);
      if ((degrees[vertex] as number) > 0) return vertex;
    }
  };
  const times = <Item>(make: () => Item) => Array.from({ length: count }, make);
  const citing = times(() => someWith(references));
  const group = (name: string, questions: readonly Question[]): Group => ({ name, questions, seconds });
  return [
    ...[1, 2, 3, 4].map((depth) =>
      group(
        `${depth} ${depth === 1 ? "hop" : "hops"}`,
        citing.map((from) => ({ kind: "hops", from, depth, isBack: false })),
      ),
    ),
    group(
      "2 hops back from the hub",
      Array.from({ length: 10 }, () => ({ kind: "hops", from: hub, depth: 2, isBack: true })),
    ),
    group(
      "shortest path of a random pair",
      times(() => ({ kind: "path", from: below(random, size), to: below(random, size) })),
    ),
    group(
      "coupling, first 20",
      citing.map((work) => ({ kind: "related", work, by: "BIBLIOGRAPHIC_COUPLING" })),
    ),
    group(
      "co-citation, first 20",
      times(() => ({ kind: "related", work: someWith(citedBy), by: "CO_CITATION" })),
    ),
    group(
      "PageRank, 20 iterations",
      Array.from({ length: 3 }, () => ({ kind: "pagerank", iterations: 20, tolerance })),
    ),
    group("PageRank, 100 iterations", [{ kind: "pagerank", iterations: 100, tolerance: 0 }]),
  ];
}

/**
 * What the change of the ranks, summed over all works, falls below in the 20th iteration and not before: an engine
 * that is told a tolerance only ends after as many iterations as the others.
 */
export function pageRankTolerance({ ids, citing, cited }: EdgeList, iterations = 20): number {
  const size = ids.length;
  const references = countByVertex(size, citing);
  let ranks = new Float64Array(size).fill(1 / size);
  let last = 0;
  let before = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    let dangling = 0;
    for (let vertex = 0; vertex < size; vertex++)
      if (references[vertex] === 0) dangling += ranks[vertex] as number;
    const next = new Float64Array(size).fill((0.15 + 0.85 * dangling) / size);
    for (let edge = 0; edge < citing.length; edge++) {
      const from = citing[edge] as number;
      const to = cited[edge] as number;
      next[to] = (next[to] as number) + (0.85 * (ranks[from] as number)) / (references[from] as number);
    }
    before = last;
    last = next.reduce((sum, rank, vertex) => sum + Math.abs(rank - (ranks[vertex] as number)), 0);
    ranks = next;
  }
  return (last + before) / 2;
}
