import { isTurnOver, waitForTurn } from "../runtime/index.ts";
import { Deadline } from "./deadline.ts";
import { ApiError } from "./errors.ts";

/** The loaders of the request (`Batches`): their current level lasts as long as the work. */
type Level = { hold<Result>(work: () => Promise<Result>): Promise<Result> };

/** Texts up to this length are counted in characters instead of bytes, which costs nothing. */
const exactFrom = 256;

/**
 * The remaining budget of one request: bytes of its answer, and turns of the event loop. Resolvers, loaders and
 * serializers spend from it, so it applies whatever executes the query.
 */
export class Allowance {
  readonly #deadline: Deadline;
  readonly #maximum: number;
  #left: number;

  constructor(deadline: Deadline, maximumBytes: number) {
    this.#deadline = deadline;
    this.#maximum = maximumBytes;
    this.#left = maximumBytes;
  }

  /**
   * Takes bytes from the allowance.
   *
   * @throws QUERY_TOO_COMPLEX if too few are left. This ends the request: nothing more is read.
   */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    this.#deadline.signal.throwIfAborted();
    const error = new ApiError(
      "QUERY_TOO_COMPLEX",
      `The texts of the response have at least ${this.#maximum - this.#left} bytes, but the maximum is ${this.#maximum}. ` +
        "Request smaller pages or fewer large fields (`payload`, `document`, `canonicalRecord`). State documents and bundles are also " +
        "served at /pith/….",
      { bytes: this.#maximum - this.#left, maximum: this.#maximum, http: { status: 400 } },
    );
    this.#deadline.end(error);
    throw error;
  }

  /** Spends the bytes of a text. */
  spendText(text: string): void {
    this.spend(text.length);
    // Counting the bytes of megabytes takes milliseconds: skipped if the characters alone exceed the budget.
    if (text.length > exactFrom) this.spend(Buffer.byteLength(text) - text.length);
  }

  /** @throws TIMEOUT, CANCELLED or QUERY_TOO_COMPLEX if the request has ended. */
  check(): void {
    this.#deadline.signal.throwIfAborted();
  }

  /** Whether the request has ended: its answer is no longer needed. */
  get hasEnded(): boolean {
    return this.#deadline.signal.aborted;
  }

  /** Whether other work is due: the caller should wait for `pause`. */
  get isTurnOver(): boolean {
    return isTurnOver();
  }

  /**
   * Waits for the request's next turn of the event loop. The current level of loaders waits as well, so that pauses add
   * no statements. Rejects if the request has ended.
   */
  async pause(batches: Level): Promise<void> {
    await batches.hold(() => waitForTurn(this));
    this.check();
  }

  /** As `pause`, for work within a loader, whose level waits anyway. */
  async turn(): Promise<void> {
    if (this.isTurnOver) await waitForTurn(this);
    this.check();
  }
}

/** For reads that no client waits for: exports, commands. */
export function withoutLimit(): Allowance {
  return new Allowance(new Deadline(), Number.POSITIVE_INFINITY);
}
