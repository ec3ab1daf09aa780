import type { Relatedness } from "../../src/graph/index.ts";
import { countByVertex, type EdgeList } from "./edge-list.ts";
import { below, randomOf } from "./random.ts";

/** The questions to every engine, by vertices. The answers must be equal. */
export type Question =
  /** The number of reached works, including the root. */
  | { readonly kind: "hops"; readonly from: number; readonly depth: number; readonly isBack: boolean }
  /** The length of a shortest path along references; -1 if there is none. */
  | { readonly kind: "path"; readonly from: number; readonly to: number }
  /** The 20 works most related by Salton's cosine, with the number of shared works; ties by work id. */
  | { readonly kind: "related"; readonly work: number; readonly by: Relatedness }
  /** The 20 works with the highest PageRank after `iterations`; `tolerance` ends it at the same iteration. */
  | { readonly kind: "pagerank"; readonly iterations: number; readonly tolerance: number };

export type Comparable = number | readonly (number | readonly [vertex: number, shared: number])[];

/** Questions of one kind, and the maximum time for an engine, which answers as many as it can, in order. */
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
  // Works with references.
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
 * A tolerance that the sum of the ranks' changes falls below in the 20th iteration and not before: an engine with only
 * a tolerance ends after as many iterations as the others.
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
