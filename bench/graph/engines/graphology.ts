import { readEdgeList } from "../edge-list.ts";
import type { Engine, Site } from "../engine.ts";
import { loadPeer, versionOfPeer } from "../peers.ts";
import { type Comparable, first, type Question } from "../questions.ts";

/** The part of graphology's API that is used here. It converts keys to strings. */
type Graph = {
  addNode(key: string): void;
  addDirectedEdge(from: string, to: string): void;
  forEachOutNeighbor(key: string, use: (key: string) => void): void;
  forEachInNeighbor(key: string, use: (key: string) => void): void;
  outDegree(key: string): number;
  inDegree(key: string): number;
};
type Graphology = { readonly DirectedGraph: new (options: { allowSelfLoops: boolean }) => Graph };
type ShortestPath = { bidirectional(graph: Graph, from: string, to: string): string[] | null };
type PageRank = (graph: Graph, options: object) => Record<string, number>;

/** graphology in memory: its shortest path and PageRank, and plain loops over neighbours for the other questions. */
export async function openGraphology({ edgeList }: Site): Promise<Engine> {
  const { DirectedGraph } = loadPeer<Graphology>("graphology");
  const { bidirectional } = loadPeer<ShortestPath>("graphology-shortest-path");
  const pageRank = loadPeer<PageRank>("graphology-metrics/centrality/pagerank");
  const { ids, citing, cited } = readEdgeList(edgeList);
  const start = performance.now();
  const graph = new DirectedGraph({ allowSelfLoops: true });
  const keys = Array.from(ids, (_, place) => String(place));
  for (const key of keys) graph.addNode(key);
  const keyOf = (place: number) => keys[place] as string;
  for (let edge = 0; edge < citing.length; edge++) {
    graph.addDirectedEdge(keyOf(citing[edge] as number), keyOf(cited[edge] as number));
  }
  const milliseconds = performance.now() - start;

  const hops = (from: string, depth: number, isBack: boolean): number => {
    const seen = new Set([from]);
    let level = [from];
    for (let step = 0; step < depth; step++) {
      const next: string[] = [];
      const meet = (key: string) => {
        if (seen.has(key)) return;
        seen.add(key);
        next.push(key);
      };
      for (const key of level) {
        if (isBack) graph.forEachInNeighbor(key, meet);
        else graph.forEachOutNeighbor(key, meet);
      }
      level = next;
    }
    return seen.size;
  };
  const related = (work: string, isCoupling: boolean): [number, number][] => {
    const counts = new Map<string, number>();
    const count = (key: string) => {
      if (key !== work) counts.set(key, (counts.get(key) ?? 0) + 1);
    };
    if (isCoupling) graph.forEachOutNeighbor(work, (shared) => graph.forEachInNeighbor(shared, count));
    else graph.forEachInNeighbor(work, (shared) => graph.forEachOutNeighbor(shared, count));
    const degree = (key: string) => (isCoupling ? graph.outDegree(key) : graph.inDegree(key));
    return Array.from(counts, ([key, shared]) => ({
      place: Number(key),
      shared,
      rank: (shared * shared) / degree(key),
    }))
      .sort((a, b) => b.rank - a.rank || a.place - b.place)
      .slice(0, first)
      .map(({ place, shared }) => [place, shared]);
  };
  const ask = (question: Question): unknown => {
    switch (question.kind) {
      case "hops":
        return hops(keyOf(question.from), question.depth, question.isBack);
      case "path":
        return bidirectional(graph, keyOf(question.from), keyOf(question.to));
      case "related":
        return related(keyOf(question.work), question.by === "BIBLIOGRAPHIC_COUPLING");
      case "pagerank":
        return Object.entries(
          pageRank(graph, { getEdgeWeight: null, tolerance: question.tolerance / ids.length }),
        )
          .map(([key, rank]) => ({ place: Number(key), rank }))
          .sort((a, b) => b.rank - a.rank || a.place - b.place)
          .slice(0, first);
    }
  };
  return {
    version: `graphology ${versionOfPeer("graphology")}`,
    load: { from: "arrays in memory", milliseconds },
    bytes: null,
    // It has no option for the number of iterations, and its tolerance is that of the other question.
    skipReasonOf: (question) =>
      question.kind === "pagerank" && question.tolerance === 0 ? "20 iterations only" : null,
    ask,
    read(question, answer): Comparable {
      const raw: unknown = answer;
      switch (question.kind) {
        case "hops":
          return raw as number;
        case "path":
          return raw === null ? -1 : (raw as string[]).length - 1;
        case "related":
          return raw as [number, number][];
        case "pagerank":
          return (raw as { place: number }[]).map(({ place }) => place);
      }
    },
    async close() {},
  };
}
