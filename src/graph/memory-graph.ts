import { setImmediate } from "node:timers/promises";
import { AsyncEvent } from "../runtime/async-event.ts";
import { errorText } from "../runtime/error-text.ts";
import { Turns } from "../runtime/event-loop.ts";
import type { Database } from "../store/index.ts";
import { startThread } from "../store/start-thread.ts";
import { answer } from "./answer.ts";
import { applyInSteps } from "./apply-changes.ts";
import { BaseGraph, type BaseParts } from "./base-graph.ts";
import { type Budget, Meter } from "./budget.ts";
import { type Following, follow } from "./follower.ts";
import type { Answer, Input, QuestionName } from "./question.ts";
import { Scratch } from "./scratch.ts";
import type { GraphTransaction } from "./threads/messages.ts";
import { ThreadPool } from "./threads/thread-pool.ts";
import type { TopWorksAnswer, TopWorksInput } from "./top-works.ts";
import { GraphVersion } from "./version.ts";

type MemoryGraphOptions = {
  /** Threads for questions that the event loop is too good for; analyses have another one. */
  readonly threads: number;
  /** What a question may cost on the event loop; what costs more is asked again in a thread. */
  readonly eventLoopMilliseconds: number;
  readonly eventLoopEdges: number;
  readonly pollMilliseconds: number;
  /** PageRanks of an earlier version are good enough where they are no older. */
  readonly rankAgeMilliseconds: number;
  /** Changes are folded in once they are so many bytes, or 3 % of the graph's where that is more. */
  readonly foldBytes: number;
  readonly onReloadError: (error: unknown) => void;
};

/** An answer, and the position of the feed that it was given at. */
export type At<Result> = { readonly position: bigint; readonly result: Result };

/** Of all rows, this part may lie over the base before it is folded in; and so many transactions. */
const foldShare = 0.03;
const foldTransactions = 4096;

/**
 * The graph in memory: loaded, following the feed of changes, and asked. A version never changes; the next one takes
 * its place between two turns of the event loop, so nobody sees half a change.
 *
 * A cheap question is answered on the event loop: a thread would cost it more than the answer. Which are cheap is not
 * known before: the degrees of what lies two steps away are half the work. So each is begun here with a small budget,
 * and asked again in a thread where that is used up: a dear one costs its small budget more, a cheap one nothing.
 */
export class MemoryGraph {
  readonly #database: Database;
  readonly #options: MemoryGraphOptions;
  readonly #closing = new AbortController();
  readonly #scratch = new Scratch();
  readonly #questions: ThreadPool;
  readonly #analyses: ThreadPool;
  readonly #hasNewVersion = new AsyncEvent();
  #version: GraphVersion | null = null;
  #turn: Promise<void> = Promise.resolve();
  /** What lies over the base, and how many bytes it is. */
  #transactions: GraphTransaction[] = [];
  #transactionBytes = 0;
  #isFolding = false;
  #following: Following | null = null;
  #head = 0n;
  #behindSince: number | null = null;
  #loadMilliseconds: number | null = null;
  #loads = 0;
  #reloadError: string | null = null;
  #folds = 0;

  constructor(database: Database, options: MemoryGraphOptions) {
    this.#database = database;
    this.#options = options;
    this.#questions = new ThreadPool(options.threads);
    this.#analyses = new ThreadPool(1);
  }

  /** Loads, and follows from then on. Rejects where the first load fails: it may be called again. */
  async start(): Promise<void> {
    this.#questions.start();
    this.#analyses.start();
    await this.#load();
    // Who waited for the graph may have closed it already: nobody would give a listening connection back.
    if (this.#closing.signal.aborted) return;
    this.#following = follow(
      this.#database.pool,
      {
        position: () => this.#version?.position ?? 0n,
        onHead: (position) => this.#noteHead(position),
        apply: (transactions) => this.#apply(transactions),
        reload: () => this.#reload(),
      },
      this.#options,
    );
  }

  /** The version that is asked now; null until the graph is loaded. It may be kept, and does not change. */
  get version(): GraphVersion | null {
    return this.#version;
  }

  /** Positions of the feed that are known and not applied yet, and for how long the oldest has been. */
  get lag(): { readonly positions: number; readonly milliseconds: number } {
    const positions = Math.max(0, Number(this.#head - (this.#version?.position ?? 0n)));
    // Where it cannot be loaded anew, nobody knows how many there are.
    if (positions === 0 && this.#reloadError === null) return { positions, milliseconds: 0 };
    return { positions, milliseconds: performance.now() - (this.#behindSince ?? performance.now()) };
  }

  /** Why the graph could not be loaded anew where it had to be; null while it need not, and once it was. */
  get reloadError(): string | null {
    return this.#reloadError;
  }

  /** Counts for metrics. */
  get counts(): { readonly loads: number; readonly folds: number; readonly loadMilliseconds: number | null } {
    return { loads: this.#loads, folds: this.#folds, loadMilliseconds: this.#loadMilliseconds };
  }

  /** Of the base and of the changes over it, as they came. */
  get bytes(): number {
    return (this.#version?.parts.base.bytes ?? 0) + this.#transactionBytes;
  }

  async ask<Name extends QuestionName>(
    version: GraphVersion,
    name: Name,
    input: Input<Name>,
    budget: Budget,
  ): Promise<At<Answer<Name>>> {
    const { eventLoopEdges, eventLoopMilliseconds } = this.#options;
    const { edges = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = budget;
    const meter = new Meter({
      ...budget,
      edges: Math.min(edges, eventLoopEdges),
      milliseconds: Math.min(milliseconds, eventLoopMilliseconds),
    });
    const result = answer(version, name, input, meter, this.#scratch);
    budget.signal?.throwIfAborted();
    const isOwnBudget =
      meter.exhausted === null ||
      (meter.exhausted === "edges" ? edges <= eventLoopEdges : milliseconds <= eventLoopMilliseconds);
    if (isOwnBudget) return { position: version.position, result };
    const done = await this.#questions.run({ kind: "ask", name, input }, budget);
    return done as At<Answer<Name>>;
  }

  async topWorks(input: TopWorksInput, budget: Budget): Promise<At<TopWorksAnswer>> {
    const { rankAgeMilliseconds } = this.#options;
    // Counting citations is soon done, and need not wait for those who rank.
    const pool = input.by === "CITED_BY_COUNT" ? this.#questions : this.#analyses;
    const done = await pool.run({ kind: "rank", input, rankAgeMilliseconds }, budget);
    return done as At<TopWorksAnswer>;
  }

  /** Resolves once the graph has come to a position. Rejects at the signal. */
  async reached(position: bigint, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#version === null || this.#version.position < position) {
      await this.#hasNewVersion.wait(signal === undefined ? {} : { signal });
      signal?.throwIfAborted();
    }
  }

  /** Looks into the feed now. Resolves when what was committed before is applied. */
  async catchUp(): Promise<void> {
    await this.#following?.catchUp();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#following?.close(), this.#questions.close(), this.#analyses.close()]);
  }

  /** The one before stays in use where it fails; the follower tries again. */
  async #reload(): Promise<void> {
    try {
      await this.#load();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#reloadError = errorText(error);
        this.#behindSince ??= performance.now();
        this.#options.onReloadError(error);
      }
      throw error;
    }
  }

  async #load(): Promise<void> {
    const begin = performance.now();
    const base = await loadGraph(this.#database, this.#closing.signal);
    this.#loadMilliseconds = performance.now() - begin;
    this.#loads++;
    // Also where it is less than before: the database may be another one than it was.
    this.#head = base.position;
    // Before anybody hears of the new graph.
    this.#reloadError = null;
    await this.#inTurn(() => this.#setBase(base, []));
  }

  /** Changes of the version are made one after the other: each takes several turns of the event loop. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #setBase(base: BaseGraph, transactions: readonly GraphTransaction[]): Promise<void> {
    let version = GraphVersion.of(base);
    for (const transaction of transactions) version = await this.#after(version, transaction);
    this.#transactions = [...transactions];
    this.#transactionBytes = transactions.reduce((sum, transaction) => sum + bytesOf(transaction), 0);
    const state = { base: base.parts, transactions };
    this.#questions.setGraph(state);
    this.#analyses.setGraph(state);
    this.#setVersion(version);
  }

  /** The next version. Others have their turns while it is made. */
  async #after(version: GraphVersion, { payloads, position }: GraphTransaction): Promise<GraphVersion> {
    const steps = applyInSteps(version, payloads, position);
    const turns = new Turns();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (turns.isOver) await turns.next();
    }
  }

  #setVersion(version: GraphVersion): void {
    this.#version = version;
    if (version.position >= this.#head) this.#behindSince = null;
    this.#hasNewVersion.set();
  }

  #noteHead(position: bigint): void {
    this.#head = position;
    if (position > (this.#version?.position ?? 0n)) this.#behindSince ??= performance.now();
  }

  async #apply(transactions: readonly GraphTransaction[]): Promise<void> {
    for (const transaction of transactions) {
      await this.#inTurn(async () => {
        const version = this.#version;
        if (version === null || this.#closing.signal.aborted) return;
        const next = await this.#after(version, transaction);
        this.#transactions.push(transaction);
        this.#transactionBytes += bytesOf(transaction);
        this.#questions.apply(transaction);
        this.#analyses.apply(transaction);
        this.#setVersion(next);
      });
      await setImmediate();
    }
    this.#foldWhereDue();
  }

  #foldWhereDue(): void {
    const base = this.#version?.parts.base;
    if (base === undefined || this.#isFolding) return;
    const most = Math.max(this.#options.foldBytes, base.bytes * foldShare);
    if (this.#transactionBytes < most && this.#transactions.length < foldTransactions) return;
    this.#isFolding = true;
    this.#analyses
      .run({ kind: "fold" }, {})
      .then(({ position, result }) =>
        this.#inTurn(async () => {
          // Loaded anew meanwhile: that base is the better one.
          if (this.#version?.parts.base !== base) return;
          const later = this.#transactions.filter((transaction) => transaction.position > position);
          await this.#setBase(new BaseGraph(result as BaseParts), later);
          this.#folds++;
        }),
      )
      // Left as it is, and tried again with the next changes.
      .catch(() => {})
      .finally(() => {
        this.#isFolding = false;
      });
  }
}

function bytesOf({ payloads }: GraphTransaction): number {
  return payloads.reduce((sum, payload) => sum + payload.byteLength, 0);
}

/** Loads the graph in a thread of its own, over a connection of its own. Rejects where that fails, or at the signal. */
function loadGraph({ connection }: Pick<Database, "connection">, signal: AbortSignal): Promise<BaseGraph> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = startThread("graph/load/load-thread.js", { connection });
    const onAbort = () => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    worker.once("message", (parts: BaseParts) => resolve(new BaseGraph(parts)));
    worker.once("error", reject);
    worker.once("exit", () => {
      signal.removeEventListener("abort", onAbort);
      reject(new Error("The thread that loads the citation graph ended unexpectedly."));
    });
  });
}
