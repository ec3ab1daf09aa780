import { type Budget, type GraphService, type GraphStatus, GraphUnavailableError } from "../graph/index.ts";
import { ApiError } from "./errors.ts";
import type { Batches } from "./loaders/index.ts";

/**
 * The time that all queries of one request may take together, and the edges that each may read; beyond that, a result
 * is `truncated`. A graph of 6 million edges has 12 million to read, in both directions.
 */
const queryBudget = { milliseconds: 2_000, edges: 20_000_000 } as const;

/** The time for ranking all works, which is done once for a version of the graph, not for each request. */
const analysisBudget = { milliseconds: 20_000 } as const;

/** How long a query that needs the graph in memory waits for it to load. */
const loadTimeoutMilliseconds = 2_000;

/** The common part of all results of the graph. */
type GraphAnswer = {
  readonly graphVersion: string;
  readonly truncated?: boolean;
  /** Whether a budget cut the result short, for queries that report it. */
  readonly isBudgetExhausted?: boolean;
};

/**
 * The citation graph as available to one request: its queries share a budget of time, end when the client
 * disconnects, and belong to the current level of the loaders.
 */
export class RequestGraph {
  readonly #service: GraphService;
  readonly #batches: Batches;
  readonly #signal: AbortSignal | undefined;
  /** By the clock of `performance`; null until the first query. */
  #deadline: number | null = null;
  #isCurrent = true;

  constructor(service: GraphService, batches: Batches, signal: AbortSignal | undefined) {
    this.#service = service;
    this.#batches = batches;
    this.#signal = signal;
  }

  /**
   * Whether all results so far are complete and of the current version: ranks may be of an earlier one, and a query
   * that was cut short may have a longer result next time.
   */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get status(): GraphStatus {
    return this.#service.status();
  }

  /** Whether the graph in memory has the work. */
  hasWork(workId: bigint): boolean {
    return this.#service.has(workId);
  }

  /** Runs a query. Rejects with an ApiError if the graph cannot answer. */
  query<Result extends GraphAnswer>(
    run: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      this.#deadline ??= performance.now() + queryBudget.milliseconds;
      const milliseconds = Math.max(0, this.#deadline - performance.now());
      return this.#noteCompleteness(await run(this.#service, this.#budget({ ...queryBudget, milliseconds })));
    });
  }

  /** Runs a query that only the graph in memory can answer; waits a little if that is loading. */
  analyze<Result extends GraphAnswer>(
    run: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      await this.#waitForMemory();
      return this.#noteCompleteness(await run(this.#service, this.#budget(analysisBudget)));
    });
  }

  /** Resolves when the graph includes everything committed before. */
  catchUp(): Promise<void> {
    return this.#run(() => this.#service.catchUp());
  }

  #noteCompleteness<Result extends GraphAnswer>(answer: Result): Result {
    const graphVersion = this.#service.graphVersion();
    const isBudgetExhausted = answer.isBudgetExhausted ?? answer.truncated ?? false;
    if (isBudgetExhausted || (graphVersion ?? answer.graphVersion) !== answer.graphVersion)
      this.#isCurrent = false;
    return answer;
  }

  #budget(budget: Budget): Budget {
    return this.#signal === undefined ? budget : { ...budget, signal: this.#signal };
  }

  async #waitForMemory(): Promise<void> {
    const { adjacency, isLoaded } = this.#service.status();
    if (adjacency === "sql") {
      throw new ApiError(
        "GRAPH_UNAVAILABLE",
        "PageRank needs the citation graph in memory, but this server runs with PITH_GRAPH_ADJACENCY=sql. " +
          "Use CITED_BY_COUNT, or a server with PITH_GRAPH_ADJACENCY=memory.",
      );
    }
    if (isLoaded) return;
    const timeout = AbortSignal.timeout(loadTimeoutMilliseconds);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    try {
      await this.#service.waitUntilLoaded(signal);
    } catch (error) {
      if (!timeout.aborted) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", "The citation graph is still loading. Try again shortly.");
    }
  }

  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const { allowance } = this.#batches;
      // The first milliseconds of each query run on the event loop.
      return await this.#batches.extendLevel(() =>
        allowance.isTurnOver ? allowance.waitForTurn().then(work) : work(),
      );
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      if (!(error instanceof GraphUnavailableError)) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", `${error.message} Try again shortly.`);
    }
  }
}
