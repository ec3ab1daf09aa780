import { setMaxListeners } from "node:events";
import { isTurnOver, waitForTurn } from "../../runtime/index.ts";
import { ApiError } from "../errors.ts";

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
    if (client?.aborted) this.#cancel();
    else client?.addEventListener("abort", this.#cancel, { once: true });
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
      this.#client?.removeEventListener("abort", this.#cancel);
    }
  }

  readonly #cancel = (): void =>
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

/** The loaders of the request (`Batches`): their current level lasts as long as the work. */
export type LoaderLevel = { extendLevel<Result>(work: () => Promise<Result>): Promise<Result> };

/** Texts up to this length are counted in characters instead of bytes, which costs nothing. */
const exactFromLength = 256;

/**
 * The remaining budget of one request: bytes of its answer, and turns of the event loop. Resolvers, loaders and
 * serializers spend from it, so it applies whatever executes the query.
 */
export class Allowance {
  readonly #deadline: Deadline;
  readonly #maxBytes: number;
  #remaining: number;

  constructor(deadline: Deadline, maxBytes: number) {
    this.#deadline = deadline;
    this.#maxBytes = maxBytes;
    this.#remaining = maxBytes;
  }

  /**
   * Takes bytes from the allowance.
   *
   * @throws QUERY_TOO_COMPLEX if too few are left. This ends the request: nothing more is read.
   */
  spend(bytes: number): void {
    this.#remaining -= bytes;
    if (this.#remaining >= 0) return;
    this.#deadline.signal.throwIfAborted();
    const error = new ApiError(
      "QUERY_TOO_COMPLEX",
      `The texts of the response have at least ${this.#maxBytes - this.#remaining} bytes, but the maximum is ${this.#maxBytes}. ` +
        "Request smaller pages or fewer large fields (`payload`, `document`, `canonicalRecord`). State documents and bundles are also " +
        "served at /pith/….",
      { bytes: this.#maxBytes - this.#remaining, maximum: this.#maxBytes, http: { status: 400 } },
    );
    this.#deadline.end(error);
    throw error;
  }

  /** Spends the bytes of a text. */
  spendText(text: string): void {
    this.spend(text.length);
    // Counting the bytes of megabytes takes milliseconds: skipped if the characters alone exceed the budget.
    if (text.length > exactFromLength) this.spend(Buffer.byteLength(text) - text.length);
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
  async pause(batches: LoaderLevel): Promise<void> {
    await batches.extendLevel(() => waitForTurn(this));
    this.check();
  }

  /** As `pause`, for work within a loader, whose level waits anyway. */
  async waitForTurn(): Promise<void> {
    if (this.isTurnOver) await waitForTurn(this);
    this.check();
  }
}

/** For reads that no client waits for: exports, commands. */
export function unlimitedAllowance(): Allowance {
  return new Allowance(new Deadline(), Number.POSITIVE_INFINITY);
}

/** Bytes that are read and parsed at a time. */
const portionBytes = 2_000_000;

/**
 * Reads large texts in portions. All their bytes are taken from the allowance first, so a query for too many fails
 * before they are in memory. Between portions it yields to the event loop.
 *
 * `sizeOf` returns the bytes of a key's text, 0 if there is none.
 */
export async function readInPortions<Key>(
  keys: readonly Key[],
  sizeOf: (key: Key) => number,
  allowance: Allowance,
  read: (keys: readonly Key[]) => Promise<void>,
): Promise<void> {
  const portions: Key[][] = [];
  let remaining = 0;
  for (const key of keys) {
    const size = sizeOf(key);
    allowance.spend(size);
    if (portions.length === 0 || size > remaining) {
      portions.push([]);
      remaining = portionBytes;
    }
    portions.at(-1)?.push(key);
    remaining -= size;
  }
  for (const [index, portion] of portions.entries()) {
    if (index > 0) await allowance.waitForTurn();
    await read(portion);
  }
}
