import { type Budget, type GraphService, type GraphStatus, GraphUnavailableError } from "../graph/index.ts";
import { ApiError } from "./errors.ts";
import { analysisBudget, loadPatienceMilliseconds, questionBudget } from "./limits/index.ts";
import type { Batches } from "./loaders/index.ts";

/** The common part of all answers of the graph. */
type Given = {
  readonly graphVersion: string;
  readonly truncated?: boolean;
  /** Whether a budget cut the answer, for questions that report it. */
  readonly isShort?: boolean;
};

/**
 * The citation graph as available to one request: its questions share a budget of time, end when the client
 * disconnects, and belong to the current level of the loaders.
 */
export class RequestGraph {
  readonly #service: GraphService;
  readonly #batches: Batches;
  readonly #signal: AbortSignal | undefined;
  /** By the clock of `performance`; null until the first question. */
  #deadline: number | null = null;
  #isCurrent = true;

  constructor(service: GraphService, batches: Batches, signal: AbortSignal | undefined) {
    this.#service = service;
    this.#batches = batches;
    this.#signal = signal;
  }

  /**
   * Whether all answers so far are complete and of the current version: ranks may be of an earlier one, and a question
   * that was cut short may have a longer answer next time.
   */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get status(): GraphStatus {
    return this.#service.status();
  }

  /** Whether the graph in memory has the work. */
  holds(workId: bigint): boolean {
    return this.#service.has(workId);
  }

  /** Runs a question. Rejects with an ApiError if the graph cannot answer. */
  ask<Result extends Given>(
    question: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      this.#deadline ??= performance.now() + questionBudget.milliseconds;
      const milliseconds = Math.max(0, this.#deadline - performance.now());
      return this.#noted(await question(this.#service, this.#budget({ ...questionBudget, milliseconds })));
    });
  }

  /** Runs a question that only the graph in memory can answer; waits a little if that is loading. */
  analyse<Result extends Given>(
    question: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      await this.#waitForMemory();
      return this.#noted(await question(this.#service, this.#budget(analysisBudget)));
    });
  }

  /** Resolves when the graph includes everything committed before. */
  catchUp(): Promise<void> {
    return this.#run(() => this.#service.catchUp());
  }

  #noted<Result extends Given>(answer: Result): Result {
    const graphVersion = this.#service.graphVersion();
    const isShort = answer.isShort ?? answer.truncated ?? false;
    if (isShort || (graphVersion ?? answer.graphVersion) !== answer.graphVersion) this.#isCurrent = false;
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
    const patience = AbortSignal.timeout(loadPatienceMilliseconds);
    const signal = this.#signal === undefined ? patience : AbortSignal.any([patience, this.#signal]);
    try {
      await this.#service.waitUntilLoaded(signal);
    } catch (error) {
      if (!patience.aborted) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", "The citation graph is still loading. Try again shortly.");
    }
  }

  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const { allowance } = this.#batches;
      // The first milliseconds of each question run on the event loop.
      return await this.#batches.hold(() => (allowance.isTurnOver ? allowance.turn().then(work) : work()));
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      if (!(error instanceof GraphUnavailableError)) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", `${error.message} Try again shortly.`);
    }
  }
}
