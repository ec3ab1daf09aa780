import { setMaxListeners } from "node:events";
import { ApiError } from "./errors.ts";

/**
 * Ends a request before its answer: because its client no longer waits for it, or because it takes too long. Its
 * pending reads end as well.
 */
export class Deadline {
  readonly #ending = new AbortController();
  readonly #client: AbortSignal | undefined;

  /** `client` is aborted once the client no longer waits for the answer. */
  constructor(client?: AbortSignal) {
    // Each statement of the request adds a listener.
    setMaxListeners(0, this.#ending.signal);
    this.#client = client;
    if (client?.aborted) this.#giveUp();
    else client?.addEventListener("abort", this.#giveUp, { once: true });
  }

  /** Aborted with the client's error: CANCELLED or TIMEOUT. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Ends the request now with the error `reason`. */
  end(reason: ApiError): void {
    this.#ending.abort(reason);
  }

  /**
   * Returns the work's result. Rejects with TIMEOUT, CANCELLED, or the error given to `end`, as soon as one of them
   * occurs. Null milliseconds set no limit.
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
      const result = await Promise.race([work(), ended]);
      // Synchronous work may have run to its end.
      signal.throwIfAborted();
      return result;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      this.#client?.removeEventListener("abort", this.#giveUp);
    }
  }

  readonly #giveUp = (): void =>
    this.#ending.abort(new ApiError("CANCELLED", "The client cancelled the request."));
}

function timeout(milliseconds: number): ApiError {
  return new ApiError(
    "TIMEOUT",
    `The query took longer than ${milliseconds} ms, the maximum, and was cancelled. Request smaller pages, or fewer ` +
      "fields in them.",
    { maximum: milliseconds, http: { status: 503 } },
  );
}
