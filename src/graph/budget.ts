/** The limits of a question; a limit that is left out does not apply. */
export type Budget = {
  /** Vertices reached. */
  readonly vertices?: number;
  /** Edges looked at. */
  readonly edges?: number;
  readonly milliseconds?: number;
  /** Ends the question with the signal's reason, instead of an answer. */
  readonly signal?: AbortSignal;
};

/** The part of a budget that is used up, which ends the question; `signal` if the caller cancelled it. */
type Exhausted = "edges" | "milliseconds" | "signal";

/** Edges counted between two checks of the clock: some tens of microseconds. */
const edgesBetweenChecks = 4096;

/** Counts what a question costs and reports when its budget is used up. One for each question. */
export class Meter {
  /** What ended the question; null while it may continue. */
  exhausted: Exhausted | null = null;
  /** The limit of vertices was exceeded. Edges between those reached may still be read. */
  isOutOfVertices = false;
  #vertices: number;
  #edges: number;
  #untilCheck = edgesBetweenChecks;
  readonly #deadline: number;
  readonly #isCancelled: () => boolean;

  /** `isCancelled` is called as often as the clock is read. */
  constructor(
    budget: Budget,
    isCancelled: () => boolean = () => budget.signal?.aborted === true,
    now = performance.now(),
  ) {
    this.#vertices = budget.vertices ?? Number.POSITIVE_INFINITY;
    this.#edges = budget.edges ?? Number.POSITIVE_INFINITY;
    this.#deadline = now + (budget.milliseconds ?? Number.POSITIVE_INFINITY);
    this.#isCancelled = isCancelled;
    this.checkTime();
  }

  /** Whether anything was denied: the answer may be incomplete. */
  get isBudgetExhausted(): boolean {
    return this.isOutOfVertices || this.exhausted !== null;
  }

  get edgesLeft(): number {
    return this.#edges;
  }

  get millisecondsLeft(): number {
    return this.#deadline - performance.now();
  }

  /** Takes one vertex from the budget. False if none is left. */
  countVertex(): boolean {
    if (this.#vertices <= 0) {
      this.isOutOfVertices = true;
      return false;
    }
    this.#vertices--;
    return true;
  }

  /** Takes edges from the budget before they are read. Returns how many may be read: fewer than `count` if it ends. */
  countEdges(count: number): number {
    // Rows without edges take time as well.
    this.#untilCheck -= count + 1;
    if (this.#untilCheck <= 0) this.checkTime();
    if (this.exhausted !== null) return 0;
    if (count <= this.#edges) {
      this.#edges -= count;
      return count;
    }
    const left = this.#edges;
    this.#edges = 0;
    this.exhausted = "edges";
    return left;
  }

  /** Checks the clock and cancellation now, for a step that counts no edges. */
  checkTime(): void {
    this.#untilCheck = edgesBetweenChecks;
    if (this.exhausted !== null) return;
    if (this.#isCancelled()) this.exhausted = "signal";
    else if (performance.now() >= this.#deadline) this.exhausted = "milliseconds";
  }
}
