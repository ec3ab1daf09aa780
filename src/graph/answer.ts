import type { Meter } from "./budget.ts";
import type { Answer, CountedAnswer, Input, QuestionName } from "./question.ts";
import {
  type CountedWorks,
  commonReferences,
  derivativeWorks,
  neighbourhood,
  priorWorks,
  reachable,
  relatedWorks,
  shortestPath,
} from "./questions/index.ts";
import type { Scratch } from "./scratch.ts";
import type { GraphVersion } from "./version.ts";

type Answers = {
  readonly [Name in QuestionName]: (
    graph: GraphVersion,
    input: Input<Name>,
    meter: Meter,
    scratch: Scratch,
  ) => Answer<Name>;
};

/** Answers a question from memory, synchronously, within the budget of `meter`: work ids in, work ids out. */
export function answer<Name extends QuestionName>(
  graph: GraphVersion,
  name: Name,
  input: Input<Name>,
  meter: Meter,
  scratch: Scratch,
): Answer<Name> {
  return answers[name](graph, input, meter, scratch);
}

const answers: Answers = {
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
    return withIds(graph, commonReferences(graph, indexesOf(graph, works), options, meter, scratch));
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
    return withIds(graph, priorWorks(graph, indexesOf(graph, works), first, meter, scratch));
  },
  derivativeWorks(graph, { works, first }, meter, scratch) {
    return withIds(graph, derivativeWorks(graph, indexesOf(graph, works), first, meter, scratch));
  },
};

function indexesOf(graph: GraphVersion, workIds: readonly bigint[]): number[] {
  return workIds.map((workId) => graph.indexOf(workId)).filter((index) => index >= 0);
}

function workIdsOf(graph: GraphVersion, vertices: Iterable<number>): bigint[] {
  return Array.from(vertices, (vertex) => graph.workIdOf(vertex));
}

function withIds(graph: GraphVersion, { works, truncated }: CountedWorks): CountedAnswer {
  return { works: works.map(({ vertex, count }) => ({ workId: graph.workIdOf(vertex), count })), truncated };
}
