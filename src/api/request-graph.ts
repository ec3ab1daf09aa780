import { type Budget, type GraphService, type GraphStatus, GraphUnavailableError } from "../graph/index.ts";
import { ApiError } from "./errors.ts";
import { analysisBudget, loadPatienceMilliseconds, questionBudget } from "./limits/graph.ts";
import type { Batches } from "./loaders/batch.ts";

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

  constructor(service: GraphService, batches: Batches, signal: AbortSignal | undefined) {
    this.#service = service;
    this.#batches = batches;
    this.#signal = signal;
  }

  get status(): GraphStatus {
    return this.#service.status();
  }

  /** Asks a question. Rejects with an ApiError where the graph cannot answer. */
  ask<Result>(question: (graph: GraphService, budget: Budget) => Promise<Result>): Promise<Result> {
    this.#deadline ??= performance.now() + questionBudget.milliseconds;
    const milliseconds = Math.max(0, this.#deadline - performance.now());
    return this.#run(() => question(this.#service, this.#budget({ ...questionBudget, milliseconds })));
  }

  /** Asks what only the graph in memory answers; waits a little where it is being loaded. */
  analyse<Result>(question: (graph: GraphService, budget: Budget) => Promise<Result>): Promise<Result> {
    return this.#run(async () => {
      await this.#waitForMemory();
      return question(this.#service, this.#budget(analysisBudget));
    });
  }

  /** Resolves when the graph has what was committed before. */
  catchUp(): Promise<void> {
    return this.#run(() => this.#service.catchUp());
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
      return await this.#batches.hold(work);
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      if (!(error instanceof GraphUnavailableError)) throw error;
      throw new ApiError("GRAPH_UNAVAILABLE", `${error.message} Ask again shortly.`);
    }
  }
}
