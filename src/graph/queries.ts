import type { CitationDirection } from "./adjacency.ts";
import type { Meter } from "./budget.ts";
import { neighbourhood } from "./neighbourhood.ts";
import { reachable, shortestPath } from "./paths.ts";
import {
  type CountedVertices,
  commonReferences,
  derivativeWorks,
  priorWorks,
  type Relatedness,
  relatedWorks,
} from "./relatedness.ts";
import type { Scratch } from "./scratch.ts";

import type { GraphVersion } from "./version.ts";

/** A subgraph in columns, so that threads pass large ones without creating objects. */
export type NeighbourhoodResult = {
  /** The roots in the order given, then by depth; at each depth most cited first, equals by work id. */
  readonly workIds: BigUint64Array;
  /** For each work, the steps from the nearest root. */
  readonly depths: Uint32Array;
  /** All edges between these works: places in `workIds`, ascending by `citing`, then by the cited work's id. */
  readonly edges: {
    readonly citing: Uint32Array;
    readonly cited: Uint32Array;
    /** 1 or 0. */
    readonly isInternalAnchor: Uint8Array;
  };
  /** Something within the depth is missing. */
  readonly truncated: boolean;
  /** The cause was the budget, not `maxNodes`: the same question may have another answer later. */
  readonly isBudgetExhausted: boolean;
};

export type CountedWork = { readonly workId: bigint; readonly count: number };
export type CountedWorksResult = { readonly works: readonly CountedWork[]; readonly truncated: boolean };

export type RelatedWork = {
  readonly workId: bigint;
  /** Salton's cosine: shared / sqrt(a × b), of the numbers of references (coupling) or citations (co-citation). */
  readonly score: number;
  readonly sharedCount: number;
  /** The first of the shared works, most cited first. */
  readonly shared: readonly bigint[];
};

/**
 * The questions that both back ends answer. Works are given by their ids; those that the graph does not have are
 * ignored. `truncated` means that the budget ended first, and the answer is what was found until then.
 */
export type GraphQueries = {
  /** The works reached from the roots within `depth` steps; if there are too many, the most cited. */
  readonly neighbourhood: {
    readonly input: {
      readonly roots: readonly bigint[];
      readonly direction: CitationDirection;
      readonly depth: number;
      readonly maxNodes: number;
      /** Edges are not looked up. */
      readonly withoutEdges?: boolean;
    };
    readonly answer: NeighbourhoodResult;
  };
  /** A shortest path; of several the one whose sequence of work ids is least. */
  readonly path: {
    readonly input: {
      readonly from: bigint;
      readonly to: bigint;
      readonly direction: CitationDirection;
      readonly maxDepth: number;
    };
    /** Includes both ends; null if there is none. */
    readonly answer: { readonly workIds: readonly bigint[] | null; readonly truncated: boolean };
  };
  /** How many works can be reached, by number of steps; the roots come first. */
  readonly reachable: {
    readonly input: {
      readonly roots: readonly bigint[];
      readonly direction: CitationDirection;
      readonly maxDepth: number;
    };
    readonly answer: { readonly counts: readonly number[]; readonly truncated: boolean };
  };
  /** Works that at least `least` of the given works cite, with counts: highest first, equals most cited first. */
  readonly commonReferences: {
    readonly input: { readonly works: readonly bigint[]; readonly least: number; readonly first: number };
    readonly answer: CountedWorksResult;
  };
  /** The works most related to one, best first, each with at most `shared` of the works that they share. */
  readonly relatedWorks: {
    readonly input: {
      readonly work: bigint;
      readonly by: Relatedness;
      readonly first: number;
      readonly shared: number;
    };
    readonly answer: { readonly related: readonly RelatedWork[]; readonly truncated: boolean };
  };
  /** Works outside a set that most of its works cite. */
  readonly priorWorks: {
    readonly input: { readonly works: readonly bigint[]; readonly first: number };
    readonly answer: CountedWorksResult;
  };
  /** Works outside a set that cite most of its works. */
  readonly derivativeWorks: {
    readonly input: { readonly works: readonly bigint[]; readonly first: number };
    readonly answer: CountedWorksResult;
  };
};

export type GraphQueryName = keyof GraphQueries;
export type GraphQueryInput<Name extends GraphQueryName> = GraphQueries[Name]["input"];
export type GraphQueryResult<Name extends GraphQueryName> = GraphQueries[Name]["answer"];

/** Every question, for iteration; the type requires each name. */
const queryNames: Readonly<Record<GraphQueryName, true>> = {
  neighbourhood: true,
  path: true,
  reachable: true,
  commonReferences: true,
  relatedWorks: true,
  priorWorks: true,
  derivativeWorks: true,
};

export const graphQueryNames = Object.keys(queryNames) as readonly GraphQueryName[];

/** The graph cannot answer: it is not in memory (yet), a thread died, or it was closed. The question can be retried. */
export class GraphUnavailableError extends Error {
  override readonly name = "GraphUnavailableError";
}

type Runners = {
  readonly [Name in GraphQueryName]: (
    graph: GraphVersion,
    input: GraphQueryInput<Name>,
    meter: Meter,
    scratch: Scratch,
  ) => GraphQueryResult<Name>;
};

/** Answers a question from memory, synchronously, within the budget of `meter`: work ids in, work ids out. */
export function runGraphQuery<Name extends GraphQueryName>(
  graph: GraphVersion,
  name: Name,
  input: GraphQueryInput<Name>,
  meter: Meter,
  scratch: Scratch,
): GraphQueryResult<Name> {
  return runners[name](graph, input, meter, scratch);
}

const runners: Runners = {
  neighbourhood(graph, { roots, ...options }, meter, scratch) {
    const { vertices, ...answer } = neighbourhood(graph, indexesOf(graph, roots), options, meter, scratch);
    const workIds = new BigUint64Array(vertices.length);
    for (const [place, vertex] of vertices.entries()) workIds[place] = graph.workIdOf(vertex);
    return { workIds, ...answer };
  },
  path(graph, { from, to, direction, maxDepth }, meter, scratch) {
    const first = graph.indexOf(from);
    const last = graph.indexOf(to);
    if (first < 0 || last < 0) return { workIds: null, truncated: false };
    const { vertices, truncated } = shortestPath(graph, first, last, direction, maxDepth, meter, scratch);
    return { workIds: vertices === null ? null : workIdsOf(graph, vertices), truncated };
  },
  reachable(graph, { roots, direction, maxDepth }, meter, scratch) {
    const { counts, truncated } = reachable(
      graph,
      indexesOf(graph, roots),
      direction,
      maxDepth,
      meter,
      scratch,
    );
    return { counts, truncated };
  },
  commonReferences(graph, { works, ...options }, meter, scratch) {
    return withWorkIds(graph, commonReferences(graph, indexesOf(graph, works), options, meter, scratch));
  },
  relatedWorks(graph, { work, by, ...options }, meter, scratch) {
    const vertex = graph.indexOf(work);
    if (vertex < 0) return { related: [], truncated: false };
    const { related, truncated } = relatedWorks(graph, vertex, by, options, meter, scratch);
    return {
      related: related.map((entry) => ({
        workId: graph.workIdOf(entry.vertex),
        score: entry.score,
        sharedCount: entry.sharedCount,
        shared: workIdsOf(graph, entry.shared),
      })),
      truncated,
    };
  },
  priorWorks(graph, { works, first }, meter, scratch) {
    return withWorkIds(graph, priorWorks(graph, indexesOf(graph, works), first, meter, scratch));
  },
  derivativeWorks(graph, { works, first }, meter, scratch) {
    return withWorkIds(graph, derivativeWorks(graph, indexesOf(graph, works), first, meter, scratch));
  },
};

function indexesOf(graph: GraphVersion, workIds: readonly bigint[]): number[] {
  return workIds.map((workId) => graph.indexOf(workId)).filter((index) => index >= 0);
}

function workIdsOf(graph: GraphVersion, vertices: Iterable<number>): bigint[] {
  return Array.from(vertices, (vertex) => graph.workIdOf(vertex));
}

function withWorkIds(graph: GraphVersion, { works, truncated }: CountedVertices): CountedWorksResult {
  return { works: works.map(({ vertex, count }) => ({ workId: graph.workIdOf(vertex), count })), truncated };
}
