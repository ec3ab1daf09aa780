/** Papers that may fail in succession, while the mirror answers, before it counts as broken. */
const maxStreak = 10;

/** Counts papers that fail in succession: one that fails is the paper's fault, many are the mirror's. */
export class FailureStreak {
  #length = 0;

  /** `isFailure`: whether the network or the server failed. Returns whether there were too many in succession. */
  count(isFailure: boolean): boolean {
    this.#length = isFailure ? this.#length + 1 : 0;
    return this.#length >= maxStreak;
  }
}
