/** What a question may cost; what is left out is not limited. */
export type Budget = {
  /** Vertices reached. */
  readonly vertices?: number;
  /** Edges looked at. */
  readonly edges?: number;
  readonly milliseconds?: number;
  /** Ends the question with the signal's reason, instead of an answer. */
  readonly signal?: AbortSignal;
};

/** Which part of a budget is used up, so that nothing more may be looked at; `signal` where the asker has gone. */
type Exhausted = "edges" | "milliseconds" | "signal";

/** How many edges are looked at between two looks at the clock: some tens of microseconds. */
const edgesBetweenLooks = 4096;

/** Counts what a question costs and says when its budget is used up. One for each question. */
export class Meter {
  /** What ended the question; null while it may go on. */
  exhausted: Exhausted | null = null;
  /** A vertex was asked for that the budget does not hold; edges between those reached may still be looked at. */
  lacksVertices = false;
  #vertices: number;
  #edges: number;
  #untilLook = edgesBetweenLooks;
  readonly #deadline: number;
  readonly #isCancelled: () => boolean;

  /** `isCancelled` is asked as often as the clock. */
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

  /** Whether anything was denied: the answer may lack something. */
  get isShort(): boolean {
    return this.lacksVertices || this.exhausted !== null;
  }

  /** How many edges are left. */
  get edgesLeft(): number {
    return this.#edges;
  }

  /** How much time is left. */
  get millisecondsLeft(): number {
    return this.#deadline - performance.now();
  }

  /** Takes one vertex from the budget. False where none is left. */
  vertex(): boolean {
    if (this.#vertices <= 0) {
      this.lacksVertices = true;
      return false;
    }
    this.#vertices--;
    return true;
  }

  /** Takes edges from the budget, about to be looked at. Returns how many of them may be: fewer where it ends. */
  edges(count: number): number {
    // Rows without edges cost time as well.
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

  /** Looks at the clock and the asker now: before a step that counts no edges. */
  look(): void {
    this.#untilLook = edgesBetweenLooks;
    if (this.exhausted !== null) return;
    if (this.#isCancelled()) this.exhausted = "signal";
    else if (performance.now() >= this.#deadline) this.exhausted = "milliseconds";
  }
}
