import type { Meter } from "./budget.ts";
import { Best } from "./order.ts";
import { connectedComponents } from "./questions/components.ts";
import { inDegrees } from "./questions/in-degree.ts";
import { coreDecomposition } from "./questions/k-core.ts";
import { pageRank } from "./questions/pagerank.ts";
import type { Scratch } from "./scratch.ts";
import type { GraphVersion } from "./version.ts";

export type WorkRank = "CITED_BY_COUNT" | "PAGERANK";

/** Ids of works; as an array of integers where they are many: it is handed to a thread as it is. */
export type WorkIds = readonly bigint[] | BigUint64Array;

/** What is computed over all of the graph: in a thread, from memory only. */
export type Analyses = {
  /** The works that rank first; equals by work id. */
  readonly topWorks: {
    readonly input: {
      readonly by: WorkRank;
      readonly first: number;
      /** Only these are listed; they rank as in the whole graph. */
      readonly among?: WorkIds | undefined;
      /** Only these are ranked, by the citations among them. */
      readonly within?: WorkIds | undefined;
      /** Only citations that are internal anchors count. */
      readonly anchorsOnly?: boolean | undefined;
    };
    readonly answer: {
      /** Scores are citations, or PageRanks, which sum to 1 over all that are ranked. */
      readonly works: readonly { readonly workId: bigint; readonly score: number }[];
      readonly truncated: boolean;
    };
  };
  /** The weakly connected components, the largest first. */
  readonly components: {
    readonly input: { readonly first: number };
    readonly answer: {
      readonly count: number;
      readonly largest: readonly { readonly size: number; readonly leastWorkId: bigint }[];
      readonly truncated: boolean;
    };
  };
  /** The k-core; the innermost where no `k` is given. Members most cited first. */
  readonly kCore: {
    readonly input: { readonly k?: number | undefined; readonly first: number };
    readonly answer: {
      readonly k: number;
      /** The greatest k that has a core. */
      readonly degeneracy: number;
      readonly size: number;
      readonly workIds: readonly bigint[];
      readonly truncated: boolean;
    };
  };
};

export type AnalysisName = keyof Analyses;

/** The works of a version, or some of them, in their order: computed once, and kept. */
export type Ranking = {
  readonly graph: GraphVersion;
  /** By vertex, 1 for those that are ranked; all where it is left out. */
  readonly inside: Uint8Array | undefined;
  /** By vertex. */
  readonly scores: Float64Array;
  /** The first of them, best first: what is asked for most. */
  readonly top: readonly RankedVertex[];
  readonly truncated: boolean;
  /** When it was computed, by the clock of `performance`. */
  readonly at: number;
};

type RankedVertex = { readonly vertex: number; readonly score: number };

/** How many are kept in their order. */
const topLength = 1000;

/** Ranks all works of a version, or those that are given. */
export function rankingOf(
  graph: GraphVersion,
  by: WorkRank,
  within: WorkIds | undefined,
  meter: Meter,
  anchorsOnly = false,
): Ranking {
  const inside = within === undefined ? undefined : marksOf(graph, within);
  const { scores, truncated } = scoresOf(graph, by, inside, meter, anchorsOnly);
  const top = bestOf(graph, scores, topLength, inside);
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

/** The best by score, equals by work id; of those that are marked, where any are. */
function bestOf(
  graph: GraphVersion,
  scores: Float64Array,
  first: number,
  listed: Uint8Array | undefined,
): RankedVertex[] {
  const best = new Best(first, graph);
  for (let vertex = 0; vertex < graph.size; vertex++) {
    if (listed?.[vertex] === 0 || !graph.isPresent(vertex)) continue;
    best.offer(vertex, scores[vertex] as number, 0);
  }
  return best.take().map(({ vertex, first: score }) => ({ vertex, score }));
}

type Analysers = {
  readonly [Name in AnalysisName]: (
    graph: GraphVersion,
    input: Analyses[Name]["input"],
    meter: Meter,
    scratch: Scratch,
    ranking: Ranking | null,
  ) => Analyses[Name]["answer"];
};

/** Analyses a graph at once. `ranking` is what topWorks asks for, of that very graph; null for all else. */
export function analyse<Name extends AnalysisName>(
  graph: GraphVersion,
  name: Name,
  input: Analyses[Name]["input"],
  meter: Meter,
  scratch: Scratch,
  ranking: Ranking | null,
): Analyses[Name]["answer"] {
  return analysers[name](graph, input, meter, scratch, ranking);
}

const analysers: Analysers = {
  topWorks(graph, { by, first, among, within, anchorsOnly }, meter, _, ranking) {
    const { inside, scores, top, truncated } = ranking ?? rankingOf(graph, by, within, meter, anchorsOnly);
    let works: readonly RankedVertex[];
    if (among !== undefined) {
      const listed = marksOf(graph, among);
      // Who is outside the subgraph has no rank in it.
      for (let vertex = 0; inside !== undefined && vertex < graph.size; vertex++) {
        if (inside[vertex] === 0) listed[vertex] = 0;
      }
      works = bestOf(graph, scores, first, listed);
    } else if (first <= topLength) works = top.slice(0, first);
    else works = bestOf(graph, scores, first, inside);
    return {
      works: works.map(({ vertex, score }) => ({ workId: graph.workIdOf(vertex), score })),
      truncated,
    };
  },
  components(graph, { first }, meter, scratch) {
    const { sizes, componentOf, truncated } = connectedComponents(graph, meter, scratch);
    const count = Math.min(first, sizes.length);
    const least = new Int32Array(count).fill(-1);
    for (let vertex = 0; vertex < graph.size; vertex++) {
      const place = (componentOf[vertex] as number) - 1;
      if (place < 0 || place >= count) continue;
      const other = least[place] as number;
      if (other < 0 || graph.compare(vertex, other) < 0) least[place] = vertex;
    }
    const largest = Array.from(least, (vertex, place) => ({
      size: sizes[place] as number,
      leastWorkId: graph.workIdOf(vertex),
    }));
    return { count: sizes.length, largest, truncated };
  },
  kCore(graph, { k: wanted, first }, meter) {
    const cores = coreDecomposition(graph, meter);
    if (cores === null) return { k: wanted ?? 0, degeneracy: 0, size: 0, workIds: [], truncated: true };
    const { coreness, degeneracy } = cores;
    const k = wanted ?? degeneracy;
    const best = new Best(first, graph);
    let size = 0;
    for (let vertex = 0; vertex < graph.size; vertex++) {
      if ((coreness[vertex] as number) < k || !graph.isPresent(vertex)) continue;
      size++;
      best.offer(vertex, graph.citedBy.degree(vertex), 0);
    }
    const workIds = best.take().map(({ vertex }) => graph.workIdOf(vertex));
    return { k, degeneracy, size, workIds, truncated: false };
  },
};

function marksOf(graph: GraphVersion, workIds: WorkIds): Uint8Array {
  const marks = new Uint8Array(graph.size);
  for (const workId of workIds) {
    const vertex = graph.indexOf(workId);
    if (vertex >= 0) marks[vertex] = 1;
  }
  return marks;
}
