import { setMaxListeners } from "node:events";
import type { Worker } from "node:worker_threads";
import { startThread } from "../runtime/index.ts";
import { requesterOf } from "../store/index.ts";
import type { BaseParts } from "./base-graph.ts";
import type { Budget } from "./budget.ts";
import { JobQueue, type QueueEntry } from "./job-queue.ts";
import {
  type GraphQueryInput,
  type GraphQueryName,
  type GraphQueryResult,
  GraphUnavailableError,
} from "./queries.ts";
import type { TopWorksAnswer, TopWorksInput } from "./top-works.ts";
import type { Summaries } from "./work-summary.ts";

/** The changes of one transaction; `position` is that of its last row. */
export type GraphTransaction = {
  readonly position: bigint;
  readonly payloads: readonly Uint8Array[];
  /** When it was written, as an ISO instant. */
  readonly changedAt: string;
};

/** The graph as sent to threads: the shared base, and the later changes, which each thread applies itself. */
export type GraphState = { readonly base: BaseParts; readonly transactions: readonly GraphTransaction[] };

/** A budget as a message: a nonzero first element of `cancelled` means that the caller cancelled. */
export type BudgetMessage = {
  readonly vertices: number | undefined;
  readonly edges: number | undefined;
  readonly milliseconds: number | undefined;
  readonly cancelled: Int32Array;
};

/** A unit of work for one thread. */
export type ThreadJob =
  | { readonly kind: "query"; readonly name: GraphQueryName; readonly input: GraphQueryInput<GraphQueryName> }
  | {
      readonly kind: "rank";
      readonly input: TopWorksInput;
      /** How old PageRanks of an earlier version may be. */
      readonly maxRankAgeMilliseconds: number;
    }
  | { readonly kind: "fold" };

/** Processed in order: a job sees the graph as the previous messages left it. */
export type GraphThreadRequest =
  | { readonly kind: "graph"; readonly state: GraphState }
  | { readonly kind: "changes"; readonly transaction: GraphTransaction }
  | { readonly kind: "job"; readonly job: ThreadJob; readonly budget: BudgetMessage };

/** The result of a job, and the position of the graph that it was computed on. */
export type ThreadJobResult = {
  readonly position: bigint;
  readonly result: GraphQueryResult<GraphQueryName> | TopWorksAnswer | BaseParts;
  /** The caller cancelled: the result is incomplete. */
  readonly isCancelled: boolean;
};

/** With the summaries at the same position; null if there are none, or if the answer is of an earlier version. */
export type PoolResult = ThreadJobResult & { readonly summaries: Summaries | null };

export type GraphThreadReply =
  | ThreadJobResult
  | { readonly error: { readonly message: string; readonly stack: string } };

type PoolJob = QueueEntry & {
  readonly job: ThreadJob;
  /** When a thread started it, by the clock of `performance`. */
  startedAt: number;
  isInterrupted: boolean;
  /** Those of the version that the thread has. */
  summaries: Summaries | null;
  readonly budget: Budget;
  /** By the clock of `performance`. */
  readonly deadline: number;
  readonly cancelled: Int32Array;
  settle(outcome: ThreadJobResult | Error): void;
};

type Thread = { readonly worker: Worker; job: PoolJob | null };

/**
 * Threads that share the graph, each running one job at a time. A thread that dies fails only its own job, and is
 * replaced when a job needs it.
 */
export class ThreadPool {
  readonly #count: number;
  readonly #threads = new Set<Thread>();
  readonly #queue = new JobQueue<PoolJob>();
  #interruptTimer: NodeJS.Timeout | undefined;
  /** The graph for threads that start later. */
  #state: { readonly base: BaseParts; readonly transactions: GraphTransaction[] } | null = null;
  /** Of that graph. */
  #summaries: Summaries | null = null;
  #isClosed = false;

  constructor(count: number) {
    this.#count = count;
  }

  /** Starts all threads now, so that they are ready when the graph is. */
  start(): void {
    while (!this.#isClosed && this.#threads.size < this.#count) this.#start();
  }

  /** Sends another graph to all threads. Running jobs continue with the old one. */
  setGraph(state: GraphState, summaries: Summaries | null): void {
    if (this.#isClosed) return;
    this.#summaries = summaries;
    this.#state = { base: state.base, transactions: [...state.transactions] };
    for (const { worker } of this.#threads) send(worker, { kind: "graph", state });
    this.start();
  }

  /** Sends changes to all threads. Later jobs see them. */
  apply(transactions: readonly GraphTransaction[], summaries: Summaries | null): void {
    this.#summaries = summaries;
    for (const transaction of transactions) {
      this.#state?.transactions.push(transaction);
      for (const { worker } of this.#threads) send(worker, { kind: "changes", transaction });
    }
  }

  /**
   * Runs a job on the next free thread, in a fair order of requests. Waiting counts towards the budget's time. Rejects
   * with the signal's reason, or with GraphUnavailableError if the thread dies.
   */
  run(job: ThreadJob, budget: Budget): Promise<PoolResult> {
    const { signal } = budget;
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError());
      if (signal?.aborted) return reject(signal.reason);
      const cancelled = new Int32Array(new SharedArrayBuffer(4));
      const onAbort = () => {
        // A waiting job never starts; a running one notices soon and frees its thread.
        Atomics.store(cancelled, 0, 1);
        this.#queue.remove(waiting);
        waiting.settle(signal?.reason);
      };
      const waiting: PoolJob = {
        requester: requesterOf(signal) ?? {},
        interruptions: 0,
        startedAt: 0,
        isInterrupted: false,
        summaries: null,
        job,
        budget,
        deadline: performance.now() + (budget.milliseconds ?? Number.POSITIVE_INFINITY),
        cancelled,
        settle(outcome) {
          signal?.removeEventListener("abort", onAbort);
          if (outcome === null || typeof outcome !== "object" || !("position" in outcome)) reject(outcome);
          else {
            const { summaries } = waiting;
            resolve({ ...outcome, summaries: summaries?.position === outcome.position ? summaries : null });
          }
        },
      };
      if (signal !== undefined) {
        // A request may ask many questions, each with a listener: that is no leak.
        setMaxListeners(0, signal);
        signal.addEventListener("abort", onAbort, { once: true });
      }
      this.#queue.add(waiting);
      this.#dispatch();
    });
  }

  /** Terminates the threads; waiting and running jobs are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const threads = [...this.#threads];
    this.#threads.clear();
    clearTimeout(this.#interruptTimer);
    for (const waiting of [...this.#queue.clear(), ...threads.flatMap(({ job }) => job ?? [])]) {
      waiting.settle(closedError());
    }
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.size > 0) {
      let thread = [...this.#threads].find(({ job }) => job === null);
      if (thread === undefined && this.#threads.size < this.#count) thread = this.#start();
      if (thread === undefined) {
        this.#interruptIfDue();
        return;
      }
      const waiting = this.#queue.next() as PoolJob;
      waiting.startedAt = performance.now();
      waiting.isInterrupted = false;
      waiting.summaries = this.#summaries;
      Atomics.store(waiting.cancelled, 0, 0);
      thread.job = waiting;
      const { vertices, edges, milliseconds } = waiting.budget;
      const left = milliseconds === undefined ? undefined : waiting.deadline - performance.now();
      send(thread.worker, {
        kind: "job",
        job: waiting.job,
        budget: { vertices, edges, milliseconds: left, cancelled: waiting.cancelled },
      });
    }
  }

  /** An interrupted job waits again. */
  #finish(waiting: PoolJob, reply: GraphThreadReply): void {
    this.#queue.addUsage(waiting, performance.now() - waiting.startedAt);
    if ("error" in reply) {
      waiting.settle(Object.assign(new Error(reply.error.message), reply.error));
      return;
    }
    const isAborted = waiting.budget.signal?.aborted ?? false;
    if (reply.isCancelled && waiting.isInterrupted && !isAborted) {
      waiting.interruptions++;
      this.#queue.add(waiting);
    } else waiting.settle(reply);
  }

  /** Interrupts jobs whose time slice is over while others wait, and sets a timer for the next one. */
  #interruptIfDue(): void {
    clearTimeout(this.#interruptTimer);
    let soonest = Number.POSITIVE_INFINITY;
    for (const { job: running } of this.#threads) {
      // Folding belongs to no request, and cannot be interrupted.
      if (running === null || running.isInterrupted || running.job.kind === "fold") continue;
      const left = this.#queue.millisecondsLeft(running, performance.now() - running.startedAt);
      if (left === null) continue;
      if (left > 0) soonest = Math.min(soonest, left);
      else {
        running.isInterrupted = true;
        Atomics.store(running.cancelled, 0, 1);
      }
    }
    if (soonest === Number.POSITIVE_INFINITY) return;
    this.#interruptTimer = setTimeout(() => this.#dispatch(), Math.ceil(soonest));
    this.#interruptTimer.unref();
  }

  #start(): Thread {
    const worker = startThread("graph/graph-thread.js");
    const thread: Thread = { worker, job: null };
    this.#threads.add(thread);
    if (this.#state !== null) send(worker, { kind: "graph", state: this.#state });
    let cause: unknown;
    worker.on("message", (reply: GraphThreadReply) => {
      const { job } = thread;
      thread.job = null;
      if (job !== null) this.#finish(job, reply);
      this.#dispatch();
    });
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", () => {
      // Closed on purpose: its jobs are settled already.
      if (!this.#threads.delete(thread)) return;
      thread.job?.settle(
        new GraphUnavailableError("A thread of the citation graph ended unexpectedly.", { cause }),
      );
      this.#dispatch();
    });
    return thread;
  }
}

function closedError(): GraphUnavailableError {
  return new GraphUnavailableError("The citation graph was closed.");
}

function send(worker: Worker, request: GraphThreadRequest): void {
  worker.postMessage(request);
}
