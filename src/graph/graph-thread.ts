// Entry point of a thread that answers questions. It shares the base with the others, and applies changes itself.
import { createHash } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { LRUCache } from "lru-cache";
import { applyChanges } from "./apply-changes.ts";
import { BaseGraph } from "./base-graph.ts";
import { Meter } from "./budget.ts";
import { answer } from "./queries.ts";
import { Scratch } from "./scratch.ts";
import type { GraphState, Job, JobResult, SentBudget, ThreadReply, ThreadRequest } from "./thread-pool.ts";
import { type Ranking, rankingOf, type TopWorksInput, topWorks, type WorkIds } from "./top-works.ts";
import { fold, GraphVersion } from "./version.ts";

const scratch = new Scratch();
let graph: GraphVersion | null = null;
/** Rankings for repeated topWorks questions, at 8 bytes a work. */
const rankings = new LRUCache<string, Ranking>({ max: 6 });

parentPort?.on("message", (request: ThreadRequest) => {
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

function replyTo(job: Job, budget: SentBudget): ThreadReply {
  try {
    return run(job, budget);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { error: { message, stack: stack ?? "" } };
  }
}

function run(job: Job, budget: SentBudget): JobResult {
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
  if (job.kind === "ask") {
    const result = answer(graph, job.name, job.input, meter, scratch);
    return { position, result, isCancelled: meter.exhausted === "signal" };
  }
  const ranking = rankingFor(graph, job.input, job.rankAgeMilliseconds, meter);
  return {
    position: ranking.graph.position,
    result: topWorks(ranking, job.input),
    isCancelled: meter.exhausted === "signal",
  };
}

/** A ranking of this version; for PageRank, a recent one of an earlier version will do. */
function rankingFor(
  current: GraphVersion,
  { by, within, anchorsOnly = false }: TopWorksInput,
  mostAge: number,
  meter: Meter,
): Ranking {
  const key = [by, anchorsOnly, within === undefined ? "" : digestOf(within)].join(" ");
  const kept = rankings.get(key);
  const isGood =
    kept?.graph.position === current.position ||
    (kept !== undefined && by === "PAGERANK" && performance.now() - kept.at < mostAge);
  const ranking = kept !== undefined && isGood ? kept : rankingOf(current, by, within, meter, anchorsOnly);
  // A result that a budget cut short is not reused.
  if (!ranking.truncated) rankings.set(key, ranking);
  return ranking;
}

function digestOf(works: WorkIds): string {
  const ids = works instanceof BigUint64Array ? works : BigUint64Array.from(works);
  return createHash("sha256").update(ids).digest("base64");
}
