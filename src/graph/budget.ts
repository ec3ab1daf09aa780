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
const edgesBetweenLooks = 4096;

/** Counts what a question costs and reports when its budget is used up. One for each question. */
export class Meter {
  /** What ended the question; null while it may continue. */
  exhausted: Exhausted | null = null;
  /** The limit of vertices was exceeded. Edges between those reached may still be read. */
  lacksVertices = false;
  #vertices: number;
  #edges: number;
  #untilLook = edgesBetweenLooks;
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
    this.look();
  }

  /** Whether anything was denied: the answer may be incomplete. */
  get isShort(): boolean {
    return this.lacksVertices || this.exhausted !== null;
  }

  get edgesLeft(): number {
    return this.#edges;
  }

  get millisecondsLeft(): number {
    return this.#deadline - performance.now();
  }

  /** Takes one vertex from the budget. False if none is left. */
  vertex(): boolean {
    if (this.#vertices <= 0) {
      this.lacksVertices = true;
      return false;
    }
    this.#vertices--;
    return true;
  }

  /** Takes edges from the budget before they are read. Returns how many may be read: fewer than `count` if it ends. */
  edges(count: number): number {
    // Rows without edges take time as well.
    this.#untilLook -= count + 1;
    if (this.#untilLook <= 0) this.look();
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
  look(): void {
    this.#untilLook = edgesBetweenLooks;
    if (this.exhausted !== null) return;
    if (this.#isCancelled()) this.exhausted = "signal";
    else if (performance.now() >= this.#deadline) this.exhausted = "milliseconds";
  }
}
