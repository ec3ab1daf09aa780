import { monitorEventLoopDelay } from "node:perf_hooks";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import type { BenchDatabase } from "../bench-server.ts";
import { figure, quantile } from "./compare.ts";
import type { EdgeList } from "./edge-list.ts";
import { below, randomOf } from "./random.ts";

/** Measures how soon the service stops at a budget, and how long it blocks the event loop. */
export async function measureInProcess(database: BenchDatabase, list: EdgeList, hub: number): Promise<void> {
  const graph = startGraph(database);
  try {
    await graph.waitUntilLoaded();
    await neighbourhoods(graph, list);
    await budgets(graph, list.ids[hub] as bigint);
    await stalls(graph);
  } finally {
    await graph.close();
  }
}

async function neighbourhoods(graph: GraphService, { ids }: EdgeList): Promise<void> {
  const random = randomOf(41);
  const times: number[] = [];
  while (times.length < 2000) {
    const roots = [ids[below(random, ids.length)] as bigint];
    const start = performance.now();
    const { workIds } = await graph.neighbourhood({
      roots,
      direction: "REFERENCES",
      depth: 3,
      maxNodes: 300,
    });
    if (workIds.length === 300) times.push(performance.now() - start);
    if (times.length === 0 && performance.now() - start > 60_000) return;
  }
  const warm = times.slice(200);
  console.log(
    `neighbourhood of 300 nodes with its edges: p50 ${figure(quantile(warm, 0.5))} ms, p95 ${figure(quantile(warm, 0.95))} ms`,
  );
}

async function budgets(graph: GraphService, hub: bigint): Promise<void> {
  const milliseconds = 20;
  const over: number[] = [];
  let stopped = 0;
  for (let time = 0; time < 100; time++) {
    const start = performance.now();
    const { truncated } = await graph.reachable(
      { roots: [hub], direction: "BOTH", maxDepth: 100 },
      { milliseconds },
    );
    over.push(performance.now() - start - milliseconds);
    stopped += Number(truncated);
  }
  console.log(
    `a budget of ${milliseconds} ms: ${stopped} of ${over.length} were stopped by it, ended p95 ${figure(quantile(over, 0.95))} ms, ` +
      `at most ${figure(Math.max(...over))} ms after it`,
  );
}

async function stalls(graph: GraphService): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await graph.topWorks({ by: "PAGERANK", first: 20 });
  const elapsed = performance.now() - start;
  delay.disable();
  console.log(
    `PageRank until convergence, in its thread: ${figure(elapsed)} ms; the event loop was delayed p99 ` +
      `${figure(delay.percentile(99) / 1e6)} ms, at most ${figure(delay.max / 1e6)} ms`,
  );
}
