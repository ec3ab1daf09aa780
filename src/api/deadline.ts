import { setMaxListeners } from "node:events";
import { ApiError } from "./errors.ts";

/**
 * When a request ends before its answer: because nobody waits for it any more, or because it takes too long. What is
 * read for it ends then, too.
 */
export class Deadline {
  readonly #ending = new AbortController();
  readonly #client: AbortSignal | undefined;

  /** `client` is aborted once nobody waits for the answer. */
  constructor(client?: AbortSignal) {
    // Each of its statements listens.
    setMaxListeners(0, this.#ending.signal);
    this.#client = client;
    if (client?.aborted) this.#giveUp();
    else client?.addEventListener("abort", this.#giveUp, { once: true });
  }

  /** Aborted with what the client is told: CANCELLED or TIMEOUT. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Ends the request now: whoever waits for its answer is told `reason`. */
  end(reason: ApiError): void {
    this.#ending.abort(reason);
  }

  /**
   * Gives the work's result. Rejects with TIMEOUT, CANCELLED, or what `end` was called with, as soon as one of them
   * happens. Null milliseconds set no limit.
   */
  async within<Result>(milliseconds: number | null, work: () => Result | Promise<Result>): Promise<Result> {
    const { signal } = this;
    signal.throwIfAborted();
    const timer =
      milliseconds === null
        ? undefined
        : setTimeout(() => this.#ending.abort(timeout(milliseconds)), milliseconds);
    let onAbort = () => {};
    const ended = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    try {
      return await Promise.race([work(), ended]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      this.#client?.removeEventListener("abort", this.#giveUp);
    }
  }

  readonly #giveUp = (): void => this.#ending.abort(new ApiError("CANCELLED", "The request was given up."));
}

function timeout(milliseconds: number): ApiError {
  return new ApiError(
    "TIMEOUT",
    `The query took longer than ${milliseconds} ms, which is the most, and was ended. Ask for smaller pages, or for ` +
      "less under them.",
    { maximum: milliseconds, http: { status: 503 } },
  );
}
