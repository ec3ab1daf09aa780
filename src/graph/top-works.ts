import type { Meter } from "./budget.ts";
import { TopK } from "./order.ts";
import { inDegrees, pageRank } from "./pagerank.ts";
import type { GraphVersion } from "./version.ts";

export type WorkRank = "CITED_BY_COUNT" | "PAGERANK";

/** Work ids; a typed array for long lists, since it is sent to a thread. */
export type WorkIds = readonly bigint[] | BigUint64Array;

/** A ranking over the complete graph, computed in a thread. */
export type TopWorksInput = {
  readonly by: WorkRank;
  readonly first: number;
  /** Only these are listed; ranks are those in the complete graph. */
  readonly among?: WorkIds | undefined;
  /** Only these are ranked, by the citations among them. */
  readonly within?: WorkIds | undefined;
  /** Only citations that are internal anchors count. */
  readonly anchorsOnly?: boolean | undefined;
};

export type TopWorksAnswer = {
  /** Best first, equals by work id. Scores are citation counts, or PageRanks, which sum to 1 over all ranked works. */
  readonly works: readonly { readonly workId: bigint; readonly score: number }[];
  readonly truncated: boolean;
};

/** The scores of all works of a version, or of a subgraph: computed once and cached. */
export type Ranking = {
  readonly graph: GraphVersion;
  /** By vertex, 1 for the ranked ones; undefined if all are. */
  readonly inside: Uint8Array | undefined;
  /** By vertex. */
  readonly scores: Float64Array;
  /** The best of them, best first, which most queries need. */
  readonly top: readonly RankedVertex[];
  readonly truncated: boolean;
  /** When it was computed, by the clock of `performance`. */
  readonly at: number;
};

type RankedVertex = { readonly vertex: number; readonly score: number };

/** The length of `top`. */
const topLength = 1000;

/** Ranks all works of a version, or the given ones. */
export function rankWorks(
  graph: GraphVersion,
  by: WorkRank,
  within: WorkIds | undefined,
  meter: Meter,
  anchorsOnly = false,
): Ranking {
  const inside = within === undefined ? undefined : marksOf(graph, within);
  const { scores, truncated } = scoresOf(graph, by, inside, meter, anchorsOnly);
  const top = topByScore(graph, scores, topLength, inside);
  return { graph, inside, scores, top, truncated, at: performance.now() };
}

function scoresOf(
  graph: GraphVersion,
  by: WorkRank,
  within: Uint8Array | undefined,
  meter: Meter,
  anchorsOnly: boolean,
): { scores: Float64Array; truncated: boolean } {
  if (by === "CITED_BY_COUNT") return { scores: inDegrees(graph, within, anchorsOnly), truncated: false };
  return pageRank(graph, { anchorsOnly, ...(within !== undefined && { within }) }, meter);
}

/** The best by score, equals by work id; only vertices marked in `listed`, if given. */
function topByScore(
  graph: GraphVersion,
  scores: Float64Array,
  first: number,
  listed: Uint8Array | undefined,
): RankedVertex[] {
  const best = new TopK(first, graph);
  for (let vertex = 0; vertex < graph.size; vertex++) {
    if (listed?.[vertex] === 0 || !graph.isPresent(vertex)) continue;
    best.offer(vertex, scores[vertex] as number, 0);
  }
  return best.sorted().map(({ vertex, first: score }) => ({ vertex, score }));
}

/** The first works of a ranking. */
export function topOfRanking(ranking: Ranking, { first, among }: TopWorksInput): TopWorksAnswer {
  const { graph, inside, scores, top, truncated } = ranking;
  let works: readonly RankedVertex[];
  if (among !== undefined) {
    const listed = marksOf(graph, among);
    // A work outside the subgraph has no rank.
    for (let vertex = 0; inside !== undefined && vertex < graph.size; vertex++) {
      if (inside[vertex] === 0) listed[vertex] = 0;
    }
    works = topByScore(graph, scores, first, listed);
  } else if (first <= topLength) works = top.slice(0, first);
  else works = topByScore(graph, scores, first, inside);
  return {
    works: works.map(({ vertex, score }) => ({ workId: graph.workIdOf(vertex), score })),
    truncated,
  };
}

function marksOf(graph: GraphVersion, workIds: WorkIds): Uint8Array {
  const marks = new Uint8Array(graph.size);
  for (const workId of workIds) {
    const vertex = graph.indexOf(workId);
    if (vertex >= 0) marks[vertex] = 1;
  }
  return marks;
}
