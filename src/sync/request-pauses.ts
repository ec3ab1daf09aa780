import { setTimeout as sleep } from "node:timers/promises";
import type { FetchError } from "./fetch-error.ts";
import { asksForPause, delayAfter, type RetryOptions } from "./retry.ts";

/** The start of a pause. */
type Pause = {
  /** The status of the response that requests the pause: usually 429 or 503. */
  readonly status: number;
  readonly milliseconds: number;
};

/** How often in succession a request sent alone may be answered with a pause before it fails. */
const maxRejections = 10;

/**
 * Pauses all requests to a mirror when it responds with 429 or Retry-After. After the pause one request is sent alone,
 * the others after its response. A request fails if it would wait longer than `maximumPause` in total, or was answered
 * with a pause ten times in succession.
 *
 * Example: one of four requests is answered 429 with `Retry-After: 2`. It is sent again after 2 s; the others, and new
 * ones, after its response.
 */
export class RequestPauses {
  readonly #options: RetryOptions;
  readonly #signal: AbortSignal;
  readonly #onPause: ((pause: Pause) => void) | undefined;
  /** Resolves when the request that is sent alone is answered; null if nothing is paused. */
  #recovery: Promise<unknown> | null = null;
  /** On the clock of `performance.now()`. */
  #end = 0;

  constructor(options: RetryOptions, signal: AbortSignal, onPause?: (pause: Pause) => void) {
    this.#options = options;
    this.#signal = signal;
    this.#onPause = onPause;
  }

  /**
   * Sends a request, again after each pause that the mirror requests. Throws the error of the last attempt, or the
   * signal's reason.
   */
  async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
    for (;;) {
      while (this.#recovery !== null) await this.#recovery;
      try {
        return await attempt();
      } catch (error) {
        if (!asksForPause(error) || this.#isTooLong(error)) throw error;
        this.#extend(error, 1);
        if (this.#recovery !== null) continue;
        const recovering = this.#recover(attempt, error);
        this.#recovery = recovering.then(
          () => {},
          () => {},
        );
        try {
          return await recovering;
        } finally {
          this.#recovery = null;
        }
      }
    }
  }

  async #recover<Result>(attempt: () => Promise<Result>, first: FetchError): Promise<Result> {
    let last = first;
    let waited = 0;
    for (let rejections = 1; ; rejections++) {
      const milliseconds = this.#end - performance.now();
      waited += milliseconds;
      if (milliseconds > 0) this.#onPause?.({ status: last.status ?? 0, milliseconds });
      await this.#sleepToEnd();
      try {
        return await attempt();
      } catch (error) {
        if (!asksForPause(error) || this.#isTooLong(error, waited) || rejections >= maxRejections)
          throw error;
        last = error;
        this.#extend(error, rejections + 1);
      }
    }
  }

  /** Responses to requests already in flight may prolong the pause. */
  async #sleepToEnd(): Promise<void> {
    for (;;) {
      const milliseconds = this.#end - performance.now();
      if (milliseconds <= 0) return;
      await sleep(Math.ceil(milliseconds), undefined, { signal: this.#signal });
    }
  }

  #extend({ retryAfter = 0 }: FetchError, nth: number): void {
    const milliseconds = Math.max(retryAfter, delayAfter(nth, this.#options));
    this.#end = Math.max(this.#end, performance.now() + milliseconds);
  }

  #isTooLong({ retryAfter = 0 }: FetchError, waited = 0): boolean {
    return waited + retryAfter > this.#options.maximumPause;
  }
}

/** Milliseconds: a pause of this length is reported at once, shorter ones at most once per `interval`. */
const notedPause = 10_000;
const interval = 30_000;

/** Reports a mirror's pauses: the first, every long one, and short ones at most every 30 s. */
export class PauseNotices {
  readonly #baseUrl: string;
  readonly #onNotice: ((line: string) => void) | undefined;
  readonly #now: () => number;
  #count = 0;
  #milliseconds = 0;
  #lastNotice = Number.NEGATIVE_INFINITY;

  constructor(
    baseUrl: string,
    onNotice: ((line: string) => void) | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#baseUrl = baseUrl;
    this.#onNotice = onNotice;
    this.#now = now;
  }

  add({ status, milliseconds }: Pause): void {
    this.#count++;
    this.#milliseconds += milliseconds;
    const now = this.#now();
    if (milliseconds < notedPause && now - this.#lastNotice < interval) return;
    this.#lastNotice = now;
    const reason = status === 429 ? "limits requests (429)" : "is busy (503)";
    const inAll = this.#count > 1 ? ` (${this.#count} pauses, ${seconds(this.#milliseconds)} s so far)` : "";
    this.#onNotice?.(
      `${this.#baseUrl} ${reason}: pausing all requests for ${seconds(milliseconds)} s${inAll}.`,
    );
  }
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
