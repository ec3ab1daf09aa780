import { Meter } from "../../../src/graph/budget.ts";
import { MemoryGraph } from "../../../src/graph/memory-graph.ts";
import { TopK } from "../../../src/graph/order.ts";
import { pageRank } from "../../../src/graph/pagerank.ts";
import { runGraphQuery } from "../../../src/graph/queries.ts";
import { Scratch } from "../../../src/graph/scratch.ts";
import { softwareVersion } from "../../../src/runtime/installation.ts";
import { openDatabase } from "../../../src/store/index.ts";
import { readEdgeList } from "../edge-list.ts";
import type { Engine, Site } from "../engine.ts";
import { type Comparable, first, type Question } from "../questions.ts";

/** Our own functions on the adjacency that the service loads, from work ids to work ids. */
export async function openMemory({ edgeList, connection }: Site): Promise<Engine> {
  const { ids } = readEdgeList(edgeList);
  const places = new Map(Array.from(ids, (id, place) => [id, place]));
  const placeOf = (id: bigint) => places.get(id) as number;
  const idOf = (place: number) => ids[place] as bigint;
  const database = openDatabase({ connection });
  const graph = new MemoryGraph(database, {
    threads: 1,
    eventLoopMilliseconds: 1.5,
    eventLoopEdges: 200_000,
    pollMilliseconds: 60_000,
    maxRankAgeMilliseconds: 0,
    foldBytes: 1 << 20,
    maxSummaryBytes: 0,
    maxReplacedSummaryBytes: 0,
    onReloadError: () => {},
  });
  await graph.start();
  const { version } = graph;
  if (version === null) throw new Error("The graph was not loaded.");
  const scratch = new Scratch();
  const ask = (question: Question): unknown => {
    const meter = new Meter({});
    switch (question.kind) {
      case "hops":
        return runGraphQuery(
          version,
          "reachable",
          {
            roots: [idOf(question.from)],
            direction: question.isBack ? "CITED_BY" : "REFERENCES",
            maxDepth: question.depth,
          },
          meter,
          scratch,
        ).counts.reduce((sum, count) => sum + count);
      case "path":
        return runGraphQuery(
          version,
          "path",
          { from: idOf(question.from), to: idOf(question.to), direction: "REFERENCES", maxDepth: 1_000_000 },
          meter,
          scratch,
        ).workIds;
      case "related":
        return runGraphQuery(
          version,
          "relatedWorks",
          { work: idOf(question.work), by: question.by, first, shared: 0 },
          meter,
          scratch,
        ).related;
      case "pagerank": {
        const { scores } = pageRank(version, { iterations: question.iterations, tolerance: 0 }, meter);
        const best = new TopK(first, version);
        for (let vertex = 0; vertex < version.size; vertex++) best.offer(vertex, scores[vertex] as number, 0);
        return best.sorted();
      }
    }
  };
  return {
    version: softwareVersion,
    load: { from: "COPY from the tables", milliseconds: graph.counts.loadMilliseconds ?? Number.NaN },
    bytes: graph.bytes,
    ask,
    read(question, answer): Comparable {
      const raw: unknown = answer;
      switch (question.kind) {
        case "hops":
          return raw as number;
        case "path":
          return raw === null ? -1 : (raw as bigint[]).length - 1;
        case "related":
          return (raw as { workId: bigint; sharedCount: number }[]).map(
            ({ workId, sharedCount }) => [placeOf(workId), sharedCount] as const,
          );
        case "pagerank":
          return (raw as { vertex: number }[]).map(({ vertex }) => placeOf(version.workIdOf(vertex)));
      }
    },
    async close() {
      await graph.close();
      await database.close();
    },
  };
}
