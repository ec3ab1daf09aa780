import { availableParallelism } from "node:os";
import { errorText, retry } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import type { Budget } from "./budget.ts";
import { type AtPosition, MemoryGraph } from "./memory-graph.ts";
import {
  type GraphQueryInput,
  type GraphQueryName,
  type GraphQueryResult,
  GraphUnavailableError,
} from "./queries.ts";
import { querySql, topWorksInSql } from "./sql-graph.ts";
import type { TopWorksAnswer, TopWorksInput } from "./top-works.ts";
import type { Summaries } from "./work-summary.ts";

/** Where questions read edges from. */
export type AdjacencyKind = "memory" | "sql";

export type GraphOptions = {
  /** `sql` keeps nothing in memory. Defaults to `memory`, which uses SQL while it loads. */
  readonly adjacency?: AdjacencyKind;
  /** Threads for expensive questions; PageRank and folds have another. Defaults to processors - 1, at least 1. */
  readonly threads?: number;
  /** The most that a question may take on the event loop. Defaults to 1.5 ms. 0 sends all to threads. */
  readonly eventLoopMilliseconds?: number;
  /** Edges read on the event loop. Defaults to 200,000. */
  readonly eventLoopEdges?: number;
  /** The feed is polled at least this often. Defaults to 5 s. */
  readonly pollMilliseconds?: number;
  /** How old PageRanks of an earlier version may be. Defaults to 10 s. */
  readonly maxRankAgeMilliseconds?: number;
  /** Changes are folded in when they exceed this size and 3 % of the graph. Defaults to 512 KiB. */
  readonly foldBytes?: number;
  /** The most that summaries of works may take, in bytes; 0 for none. Defaults to 512 MiB. */
  readonly maxSummaryBytes?: number;
  /** The graph is loaded again once replaced summaries exceed this size and a third of all. Defaults to 16 MiB. */
  readonly maxReplacedSummaryBytes?: number;
  /** Called each time that loading or reloading the graph fails. */
  readonly onLoadError?: (error: unknown) => void;
};

export type GraphStatus = {
  readonly adjacency: AdjacencyKind;
  /** Whether questions are answered from memory. */
  readonly isLoaded: boolean;
  /** The version that answers from memory are computed at; null if nothing is loaded. */
  readonly graphVersion: string | null;
  readonly vertices: number;
  readonly edges: number;
  /** The size of the base's arrays and of the changes over it. */
  readonly bytes: number;
  /** The works that have a summary, and the size of all summaries. */
  readonly summaries: number;
  readonly summaryBytes: number;
  readonly lagPositions: number;
  readonly lagMilliseconds: number;
  readonly loads: number;
  readonly folds: number;
  readonly loadMilliseconds: number | null;
  /**
   * Why the last attempt to load failed; null once one has succeeded. If `isLoaded`, a reload failed, and answers come
   * from an increasingly outdated version.
   */
  readonly loadError: string | null;
};

/**
 * An answer and its graph version: a position of the feed, to be compared for equality only. With the summaries of works
 * at that version, if there are any.
 */
export type WithGraphVersion<Result> = Result & {
  readonly graphVersion: string;
  readonly summaries?: Summaries;
};

type RunQuery<Name extends GraphQueryName> = (
  input: GraphQueryInput<Name>,
  budget?: Budget,
) => Promise<WithGraphVersion<GraphQueryResult<Name>>>;

/**
 * Queries the citation graph. All questions reject with the signal's reason once it is aborted, and with
 * GraphUnavailableError if a thread died or the service was closed. See queries.ts for inputs and answers.
 */
export type GraphService = {
  readonly [Name in GraphQueryName]: RunQuery<Name>;
} & {
  /** The highest-ranked works, computed in a thread. */
  topWorks(input: TopWorksInput, budget?: Budget): Promise<WithGraphVersion<TopWorksAnswer>>;
  status(): GraphStatus;
  /** The version in memory; null if nothing is loaded. */
  graphVersion(): string | null;
  /** The summaries of the version in memory; null if there are none. */
  summaries(): Summaries | null;
  /** Whether the version in memory has the work; false if nothing is loaded. Runs no statement. */
  has(workId: bigint): boolean;
  /** Resolves once questions are answered from memory. Rejects if they never will be. */
  waitUntilLoaded(signal?: AbortSignal): Promise<void>;
  /** Reads the feed now; resolves when memory has applied everything committed before. */
  catchUp(): Promise<void>;
  /** Resolves once memory has reached a position of the feed, such as that of a transaction just written. */
  waitForPosition(position: bigint, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

/** Returns at once; a graph in memory loads in the background. */
export function startGraph(database: Database, options: GraphOptions = {}): GraphService {
  const { adjacency = "memory" } = options;
  const closing = new AbortController();
  const memory =
    adjacency === "sql"
      ? null
      : new MemoryGraph(database, {
          threads: options.threads ?? Math.max(1, availableParallelism() - 1),
          eventLoopMilliseconds: options.eventLoopMilliseconds ?? 1.5,
          eventLoopEdges: options.eventLoopEdges ?? 200_000,
          pollMilliseconds: options.pollMilliseconds ?? 5_000,
          maxRankAgeMilliseconds: options.maxRankAgeMilliseconds ?? 10_000,
          foldBytes: options.foldBytes ?? 512 * 1024,
          maxSummaryBytes: options.maxSummaryBytes ?? 512 * 1024 * 1024,
          maxReplacedSummaryBytes: options.maxReplacedSummaryBytes ?? 16 * 1024 * 1024,
          onReloadError: options.onLoadError ?? (() => {}),
        });
  let loadError: string | null = null;

  const load = (graph: MemoryGraph) =>
    retry(() => graph.start(), {
      firstDelay: 1_000,
      maxDelay: 60_000,
      isRetryable: () => !closing.signal.aborted,
      onRetry: (error) => {
        loadError = errorText(error);
        options.onLoadError?.(error);
      },
      signal: closing.signal,
    }).catch((error: unknown) => {
      if (!closing.signal.aborted) throw error;
    });
  const loading = memory === null ? Promise.resolve() : load(memory);

  const query =
    <Name extends GraphQueryName>(name: Name): RunQuery<Name> =>
    async (input, budget = {}) => {
      throwIfClosed(closing.signal);
      const version = memory?.version ?? null;
      return withGraphVersion(
        memory === null || version === null
          ? await querySql(database.pool, name, input, budget)
          : await memory.query(version, name, input, budget),
      );
    };
  return {
    neighbourhood: query("neighbourhood"),
    path: query("path"),
    reachable: query("reachable"),
    commonReferences: query("commonReferences"),
    relatedWorks: query("relatedWorks"),
    priorWorks: query("priorWorks"),
    derivativeWorks: query("derivativeWorks"),
    topWorks: async (input, budget = {}) => {
      throwIfClosed(closing.signal);
      return withGraphVersion(
        memory === null || memory.version === null
          ? await topWorksInSql(database.pool, input, budget)
          : await memory.topWorks(input, budget),
      );
    },
    status: () => statusOf(adjacency, memory, loadError),
    graphVersion: () => memory?.version?.position.toString() ?? null,
    summaries: () => memory?.summaries ?? null,
    has: (workId) => (memory?.version?.indexOf(workId) ?? -1) >= 0,
    waitUntilLoaded: (signal) => waitForPosition(memory, 0n, signal, closing.signal),
    waitForPosition: (position, signal) => waitForPosition(memory, position, signal, closing.signal),
    catchUp: async () => memory?.catchUp(),
    async close() {
      closing.abort(closedError());
      await memory?.close();
      await loading;
    },
  };
}

function statusOf(
  adjacency: AdjacencyKind,
  memory: MemoryGraph | null,
  loadError: string | null,
): GraphStatus {
  const version = memory?.version ?? null;
  return {
    adjacency,
    isLoaded: version !== null,
    graphVersion: version?.position.toString() ?? null,
    vertices: version?.vertexCount ?? 0,
    edges: version?.edgeCount ?? 0,
    bytes: memory?.bytes ?? 0,
    summaries: memory?.summaries?.store.workCount ?? 0,
    summaryBytes: memory?.summaries?.store.bytes ?? 0,
    lagPositions: memory?.lag.positions ?? 0,
    lagMilliseconds: memory?.lag.milliseconds ?? 0,
    loads: memory?.counts.loads ?? 0,
    folds: memory?.counts.folds ?? 0,
    loadMilliseconds: memory?.counts.loadMilliseconds ?? null,
    loadError: memory?.reloadError ?? (version === null ? loadError : null),
  };
}

async function waitForPosition(
  memory: MemoryGraph | null,
  position: bigint,
  signal: AbortSignal | undefined,
  closing: AbortSignal,
): Promise<void> {
  if (memory === null) throw new GraphUnavailableError("The citation graph is not in memory.");
  await memory.waitForPosition(position, signal === undefined ? closing : AbortSignal.any([signal, closing]));
}

function throwIfClosed(closing: AbortSignal): void {
  if (closing.aborted) throw closing.reason;
}

function closedError(): GraphUnavailableError {
  return new GraphUnavailableError("The citation graph was closed.");
}

function withGraphVersion<Result extends object>({
  position,
  result,
  summaries,
}: AtPosition<Result>): WithGraphVersion<Result> {
  return { ...result, graphVersion: position.toString(), ...(summaries && { summaries }) };
}
