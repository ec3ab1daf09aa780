// Entry point of a thread that answers questions. It shares the base with the others, and applies changes itself.
import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { LRUCache } from "lru-cache";
import { applyChanges } from "./apply-changes.ts";
import { BaseGraph } from "./base-graph.ts";
import { Meter } from "./budget.ts";
import { runGraphQuery } from "./queries.ts";
import { Scratch } from "./scratch.ts";
import type {
  BudgetMessage,
  GraphState,
  GraphThreadReply,
  GraphThreadRequest,
  ThreadJob,
  ThreadJobResult,
} from "./thread-pool.ts";
import { type Ranking, rankWorks, type TopWorksInput, topOfRanking, type WorkIds } from "./top-works.ts";
import { fold, GraphVersion } from "./version.ts";

const scratch = new Scratch();
let graph: GraphVersion | null = null;
/** Rankings for repeated topWorks questions, at 8 bytes a work. */
const rankings = new LRUCache<string, Ranking>({ max: 6 });

parentPort?.on("message", (request: GraphThreadRequest) => {
  if (request.kind === "graph") {
    graph = versionOf(request.state);
    // They would keep the old base in memory.
    rankings.clear();
  } else if (request.kind === "changes") {
    const { payloads, position } = request.transaction;
    if (graph !== null) graph = applyChanges(graph, payloads, position);
  } else parentPort?.postMessage(replyTo(request.job, request.budget));
});

function versionOf({ base, transactions }: GraphState): GraphVersion {
  let version = GraphVersion.of(new BaseGraph(base));
  for (const { payloads, position } of transactions) version = applyChanges(version, payloads, position);
  return version;
}

function replyTo(job: ThreadJob, budget: BudgetMessage): GraphThreadReply {
  try {
    return run(job, budget);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { error: { message, stack: stack ?? "" } };
  }
}

function run(job: ThreadJob, budget: BudgetMessage): ThreadJobResult {
  if (graph === null) throw new Error("The thread was called before it received the graph.");
  const { vertices, edges, milliseconds, cancelled } = budget;
  const meter = new Meter(
    {
      ...(vertices === undefined ? {} : { vertices }),
      ...(edges === undefined ? {} : { edges }),
      ...(milliseconds === undefined ? {} : { milliseconds }),
    },
    () => Atomics.load(cancelled, 0) !== 0,
  );
  const { position } = graph;
  if (job.kind === "fold") return { position, result: fold(graph).parts, isCancelled: false };
  if (job.kind === "query") {
    const result = runGraphQuery(graph, job.name, job.input, meter, scratch);
    return { position, result, isCancelled: meter.exhausted === "signal" };
  }
  const ranking = rankingFor(graph, job.input, job.maxRankAgeMilliseconds, meter);
  return {
    position: ranking.graph.position,
    result: topOfRanking(ranking, job.input),
    isCancelled: meter.exhausted === "signal",
  };
}

/** A ranking of this version; for PageRank, a recent one of an earlier version will do. */
function rankingFor(
  current: GraphVersion,
  { by, within, anchorsOnly = false }: TopWorksInput,
  maxAge: number,
  meter: Meter,
): Ranking {
  const key = [by, anchorsOnly, within === undefined ? "" : digestOf(within)].join(" ");
  const cached = rankings.get(key);
  const isUsable =
    cached?.graph.position === current.position ||
    (cached !== undefined && by === "PAGERANK" && performance.now() - cached.at < maxAge);
  const ranking =
    cached !== undefined && isUsable ? cached : rankWorks(current, by, within, meter, anchorsOnly);
  // A result that a budget cut short is not reused.
  if (!ranking.truncated) rankings.set(key, ranking);
  return ranking;
}

function digestOf(works: WorkIds): string {
  const ids = works instanceof BigUint64Array ? works : BigUint64Array.from(works);
  return createHash("sha256").update(ids).digest("base64");
}
