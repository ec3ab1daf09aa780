import { AsyncEvent, errorText, startThread, Turns } from "../runtime/index.ts";
import type { Database, QueryClient } from "../store/index.ts";
import { applyInSteps } from "./apply-changes.ts";
import { BaseGraph, type BaseParts } from "./base-graph.ts";
import { type Budget, Meter } from "./budget.ts";
import { type FeedFollower, follow } from "./follower.ts";
import type { LoadedGraph, LoadRequest } from "./load-thread.ts";
import {
  type GraphQueryInput,
  type GraphQueryName,
  type GraphQueryResult,
  runGraphQuery,
} from "./queries.ts";
import { readChangedSummaries } from "./read-summaries.ts";
import { Scratch } from "./scratch.ts";
import { SummaryStore } from "./summary-store.ts";
import { type GraphTransaction, type PoolResult, ThreadPool } from "./thread-pool.ts";
import type { TopWorksAnswer, TopWorksInput } from "./top-works.ts";
import { GraphVersion } from "./version.ts";
import { Summaries } from "./work-summary.ts";

type MemoryGraphOptions = {
  /** Threads for questions too expensive for the event loop; PageRank and folds have another one. */
  readonly threads: number;
  /** The most that a question may take on the event loop; beyond, it is run again in a thread. */
  readonly eventLoopMilliseconds: number;
  readonly eventLoopEdges: number;
  readonly pollMilliseconds: number;
  /** How old PageRanks of an earlier version may be. */
  readonly maxRankAgeMilliseconds: number;
  /** Changes are folded in once they exceed this size and 3 % of the graph's. */
  readonly foldBytes: number;
  /** The most that summaries of works may take; 0 for none. */
  readonly maxSummaryBytes: number;
  /** The graph is loaded again once replaced summaries exceed this size and a third of all. */
  readonly maxReplacedSummaryBytes: number;
  readonly onReloadError: (error: unknown) => void;
};

/** An answer, the position of the feed that it was computed at, and the summaries at that position if there are any. */
export type AtPosition<Result> = {
  readonly position: bigint;
  readonly result: Result;
  readonly summaries?: Summaries | null;
};

/** Changes are folded in above this share of the base's size, or after this many transactions. */
const foldShare = 0.03;
const foldTransactions = 4096;
/** The graph is loaded again above this share of replaced summaries. */
const replacedShare = 1 / 3;

/**
 * The graph in memory: loads it, follows the feed of changes and answers questions. A version is immutable; the next
 * one replaces it between two turns of the event loop, so no question sees half a change.
 *
 * A cheap question is answered on the event loop, since passing it to a thread would cost more than answering it. The
 * cost is not known in advance: the degrees two steps away are half the work. So each question starts here with a small
 * budget, and is run again in a thread if that is used up: expensive questions lose it, cheap ones lose nothing.
 */
export class MemoryGraph {
  readonly #database: Database;
  readonly #options: MemoryGraphOptions;
  readonly #closing = new AbortController();
  readonly #scratch = new Scratch();
  readonly #queryThreads: ThreadPool;
  readonly #analysisThreads: ThreadPool;
  readonly #hasNewVersion = new AsyncEvent();
  #version: GraphVersion | null = null;
  #summaryStore: SummaryStore | null = null;
  /** Of the version. */
  #summaries: Summaries | null = null;
  #lastUpdate: Promise<void> = Promise.resolve();
  /** The changes layered over the base, and their size in bytes. */
  #transactions: GraphTransaction[] = [];
  #transactionBytes = 0;
  #isFolding = false;
  #follower: FeedFollower | null = null;
  #head = 0n;
  #laggingSince: number | null = null;
  #loadMilliseconds: number | null = null;
  #loads = 0;
  #reloadError: string | null = null;
  #folds = 0;

  constructor(database: Database, options: MemoryGraphOptions) {
    this.#database = database;
    this.#options = options;
    this.#queryThreads = new ThreadPool(options.threads);
    this.#analysisThreads = new ThreadPool(1);
  }

  /** Loads the graph and starts to follow the feed. Rejects if the first load fails, and may then be called again. */
  async start(): Promise<void> {
    this.#queryThreads.start();
    this.#analysisThreads.start();
    await this.#load();
    // The graph may have been closed while it loaded: a listening connection would never be released.
    if (this.#closing.signal.aborted) return;
    this.#follower = follow(
      this.#database.pool,
      {
        position: () => this.#version?.position ?? 0n,
        onHead: (position) => this.#setHead(position),
        readWorks: (client, workIds) => this.#readWorks(client, workIds),
        apply: (transactions) => this.#apply(transactions),
        reload: () => this.#reload(),
      },
      this.#options,
    );
  }

  /** The current version; null until the graph is loaded. Immutable, so callers may keep it. */
  get version(): GraphVersion | null {
    return this.#version;
  }

  /** The summaries of the current version; null if there are none. */
  get summaries(): Summaries | null {
    return this.#summaries;
  }

  /** Positions of the feed that are known but not applied, and the age of the oldest. */
  get lag(): { readonly positions: number; readonly milliseconds: number } {
    const positions = Math.max(0, Number(this.#head - (this.#version?.position ?? 0n)));
    // If a reload failed, their number is unknown.
    if (positions === 0 && this.#reloadError === null) return { positions, milliseconds: 0 };
    return { positions, milliseconds: performance.now() - (this.#laggingSince ?? performance.now()) };
  }

  /** Why the last reload failed; null if none was needed or it has succeeded since. */
  get reloadError(): string | null {
    return this.#reloadError;
  }

  /** Counts for metrics. */
  get counts(): { readonly loads: number; readonly folds: number; readonly loadMilliseconds: number | null } {
    return { loads: this.#loads, folds: this.#folds, loadMilliseconds: this.#loadMilliseconds };
  }

  /** The size of the base and of the changes over it, as received. */
  get bytes(): number {
    return (this.#version?.parts.base.bytes ?? 0) + this.#transactionBytes;
  }

  async query<Name extends GraphQueryName>(
    version: GraphVersion,
    name: Name,
    input: GraphQueryInput<Name>,
    budget: Budget,
  ): Promise<AtPosition<GraphQueryResult<Name>>> {
    const { eventLoopEdges, eventLoopMilliseconds } = this.#options;
    const { edges = Number.POSITIVE_INFINITY, milliseconds = Number.POSITIVE_INFINITY } = budget;
    const meter = new Meter({
      ...budget,
      edges: Math.min(edges, eventLoopEdges),
      milliseconds: Math.min(milliseconds, eventLoopMilliseconds),
    });
    const result = runGraphQuery(version, name, input, meter, this.#scratch);
    budget.signal?.throwIfAborted();
    const isOwnBudget =
      meter.exhausted === null ||
      (meter.exhausted === "edges" ? edges <= eventLoopEdges : milliseconds <= eventLoopMilliseconds);
    if (isOwnBudget) return { position: version.position, result, summaries: this.#summariesOf(version) };
    const done = await this.#queryThreads.run({ kind: "query", name, input }, budget);
    return done as PoolResult & AtPosition<GraphQueryResult<Name>>;
  }

  async topWorks(input: TopWorksInput, budget: Budget): Promise<AtPosition<TopWorksAnswer>> {
    const { maxRankAgeMilliseconds } = this.#options;
    // Counting citations is fast, and must not wait behind PageRanks.
    const pool = input.by === "CITED_BY_COUNT" ? this.#queryThreads : this.#analysisThreads;
    const done = await pool.run({ kind: "rank", input, maxRankAgeMilliseconds }, budget);
    return done as PoolResult & AtPosition<TopWorksAnswer>;
  }

  #summariesOf({ position }: GraphVersion): Summaries | null {
    return this.#summaries?.position === position ? this.#summaries : null;
  }

  /** Resolves once the graph has reached a position. Rejects when the signal is aborted. */
  async waitForPosition(position: bigint, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (this.#version === null || this.#version.position < position) {
      await this.#hasNewVersion.wait(signal === undefined ? {} : { signal });
      signal?.throwIfAborted();
    }
  }

  /** Reads the feed now. Resolves when everything committed before is applied. */
  async catchUp(): Promise<void> {
    await this.#follower?.catchUp();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#follower?.close(), this.#queryThreads.close(), this.#analysisThreads.close()]);
  }

  /** If it fails, the previous graph stays in use; the follower tries again. */
  async #reload(): Promise<void> {
    try {
      await this.#load();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#reloadError = errorText(error);
        this.#laggingSince ??= performance.now();
        this.#options.onReloadError(error);
      }
      throw error;
    }
  }

  async #load(): Promise<void> {
    const begin = performance.now();
    const { connection } = this.#database;
    const { maxSummaryBytes } = this.#options;
    const loaded = await loadGraph({ connection, maxSummaryBytes }, this.#closing.signal);
    const base = new BaseGraph(loaded.base);
    this.#loadMilliseconds = performance.now() - begin;
    this.#loads++;
    // Set even if it is lower than before: the database may have been replaced.
    this.#head = base.position;
    // Before waiters are woken by the new version.
    this.#reloadError = null;
    await this.#serialize(() => {
      this.#summaryStore = loaded.summaries === null ? null : new SummaryStore(loaded.summaries);
      return this.#setBase(base, []);
    });
  }

  /** Serializes changes of the version, as each takes several turns of the event loop. */
  #serialize(work: () => Promise<void>): Promise<void> {
    const done = this.#lastUpdate.then(work);
    this.#lastUpdate = done.catch(() => {});
    return done;
  }

  get #hasManyReplacedSummaries(): boolean {
    if (this.#summaryStore === null) return false;
    const { replacedBytes, bytes } = this.#summaryStore;
    return replacedBytes > Math.max(this.#options.maxReplacedSummaryBytes, bytes * replacedShare);
  }

  async #setBase(base: BaseGraph, transactions: readonly GraphTransaction[]): Promise<void> {
    let version = GraphVersion.of(base);
    for (const transaction of transactions) version = await this.#applyTransaction(version, transaction);
    this.#transactions = [...transactions];
    this.#transactionBytes = transactions.reduce((sum, transaction) => sum + payloadBytes(transaction), 0);
    const state = { base: base.parts, transactions };
    this.#setVersion(version);
    this.#queryThreads.setGraph(state, this.#summaries);
    this.#analysisThreads.setGraph(state, this.#summaries);
  }

  /** The next version, yielding to the event loop while it is built. */
  async #applyTransaction(
    version: GraphVersion,
    { payloads, position }: GraphTransaction,
  ): Promise<GraphVersion> {
    const steps = applyInSteps(version, payloads, position);
    const turns = new Turns();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (turns.isOver) await turns.next();
    }
  }

  /** Summaries are those of the store's current revision. */
  #setVersion(version: GraphVersion): void {
    this.#version = version;
    this.#summaries = this.#summaryStore === null ? null : new Summaries(version, this.#summaryStore);
    if (version.position >= this.#head) this.#laggingSince = null;
    this.#hasNewVersion.set();
  }

  #setHead(position: bigint): void {
    this.#head = position;
    if (position > (this.#version?.position ?? 0n)) this.#laggingSince ??= performance.now();
  }

  /** They are read into the store's next revision, which `#apply` makes the current one. */
  async #readWorks(client: QueryClient, workIds: ReadonlySet<bigint>): Promise<void> {
    if (this.#summaryStore !== null) await readChangedSummaries(client, this.#summaryStore, workIds);
  }

  async #apply(transactions: readonly GraphTransaction[]): Promise<void> {
    if (transactions.length === 0) return;
    await this.#serialize(async () => {
      let version = this.#version;
      if (version === null || this.#closing.signal.aborted) return;
      for (const transaction of transactions) version = await this.#applyTransaction(version, transaction);
      for (const transaction of transactions) this.#transactionBytes += payloadBytes(transaction);
      this.#transactions.push(...transactions);
      this.#summaryStore?.commit();
      this.#setVersion(version);
      this.#queryThreads.apply(transactions, this.#summaries);
      this.#analysisThreads.apply(transactions, this.#summaries);
    });
    if (this.#hasManyReplacedSummaries) await this.#reload();
    this.#foldIfDue();
  }

  #foldIfDue(): void {
    const base = this.#version?.parts.base;
    if (base === undefined || this.#isFolding) return;
    const maxBytes = Math.max(this.#options.foldBytes, base.bytes * foldShare);
    if (this.#transactionBytes < maxBytes && this.#transactions.length < foldTransactions) return;
    this.#isFolding = true;
    this.#analysisThreads
      .run({ kind: "fold" }, {})
      .then(({ position, result }) =>
        this.#serialize(async () => {
          // The graph was reloaded in between: that base is newer.
          if (this.#version?.parts.base !== base) return;
          const later = this.#transactions.filter((transaction) => transaction.position > position);
          await this.#setBase(new BaseGraph(result as BaseParts), later);
          this.#folds++;
        }),
      )
      // Ignored: folding is tried again with the next changes.
      .catch(() => {})
      .finally(() => {
        this.#isFolding = false;
      });
  }
}

function payloadBytes({ payloads }: GraphTransaction): number {
  return payloads.reduce((sum, payload) => sum + payload.byteLength, 0);
}

/** Loads the graph in its own thread and connection. Rejects if that fails or the signal is aborted. */
function loadGraph(request: LoadRequest, signal: AbortSignal): Promise<LoadedGraph> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = startThread("graph/load-thread.js", request);
    const onAbort = () => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      signal.removeEventListener("abort", onAbort);
      reject(new Error("The thread that loads the citation graph ended unexpectedly."));
    });
  });
}
