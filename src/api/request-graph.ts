import { type Budget, type GraphService, type GraphStatus, GraphUnavailableError } from "../graph/index.ts";
import { ApiError } from "./errors.ts";
import { analysisBudget, loadPatienceMilliseconds, questionBudget } from "./limits/graph.ts";
import type { Batches } from "./loaders/batching.ts";

/** What every answer of the graph says of itself. */
type Given = {
  readonly graphVersion: string;
  readonly truncated?: boolean;
  /** Whether it was a budget that cut it, where the question says so. */
  readonly isShort?: boolean;
};

/**
 * The citation graph as one request may ask it: its questions share a budget of time, end when the client goes away,
 * and belong to the level of the loaders that they are asked at.
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
   * Whether all that was answered so far is whole, and of the version in use: ranks may be of an earlier one, and
   * another question that is cut short may come further.
   */
  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get status(): GraphStatus {
    return this.#service.status();
  }

  /** Whether memory has the work. */
  holds(workId: bigint): boolean {
    return this.#service.holds(workId);
  }

  /** Asks a question. Rejects with an ApiError where the graph cannot answer. */
  ask<Result extends Given>(
    question: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      this.#deadline ??= performance.now() + questionBudget.milliseconds;
      const milliseconds = Math.max(0, this.#deadline - performance.now());
      return this.#noted(await question(this.#service, this.#budget({ ...questionBudget, milliseconds })));
    });
  }

  /** Asks what only the graph in memory answers; waits a little where it is being loaded. */
  analyse<Result extends Given>(
    question: (graph: GraphService, budget: Budget) => Promise<Result>,
  ): Promise<Result> {
    return this.#run(async () => {
      await this.#waitForMemory();
      return this.#noted(await question(this.#service, this.#budget(analysisBudget)));
    });
  }

  /** Resolves when the graph has what was committed before. */
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
        "Ranking all works needs the citation graph in memory, and this server holds none: it runs with PITH_GRAPH_ADJACENCY=sql. " +
          "Ask for CITED_BY_COUNT, or a server that runs with PITH_GRAPH_ADJACENCY=memory.",
      );
    }
    if (isLoaded) return;
    const patience = AbortSignal.timeout(loadPatienceMilliseconds);
    const signal = this.#signal === undefined ? patience : AbortSignal.any([patience, this.#signal]);
    try {
      await this.#service.loaded(signal);
    } catch (error) {
      if (!patience.aborted) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", "The citation graph is still being loaded: ask again shortly.");
    }
  }

  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      const { allowance } = this.#batches;
      // The first milliseconds of each question are spent on the event loop.
      return await this.#batches.hold(() => (allowance.isTurnOver ? allowance.turn().then(work) : work()));
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      if (!(error instanceof GraphUnavailableError)) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", `${error.message} Ask again shortly.`);
    }
  }
}
