import { setTimeout as sleep } from "node:timers/promises";
import { FetchError } from "./fetch-error.ts";

export type RetryPolicy = {
  /** The total number of attempts. */
  readonly attempts: number;
  /** Milliseconds: the maximum wait before the second attempt; doubles with each further attempt. */
  readonly baseDelay: number;
  /** Milliseconds: the maximum wait before any attempt. */
  readonly maximumDelay: number;
  /** Milliseconds: the maximum total wait of one request because the mirror requested pauses (429, Retry-After). */
  readonly maximumPause: number;
  /** From 0 to 1. */
  readonly random?: () => number;
};

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 5,
  baseDelay: 500,
  maximumDelay: 30_000,
  maximumPause: 900_000,
};

/**
 * Retries transient failures with exponential backoff and full jitter. Throws the last error, and at once an error for
 * which `requestsPause` is true: `RequestPauses` has already sent that request as often as is useful.
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  options: RetryPolicy,
  signal: AbortSignal,
): Promise<Result> {
  for (let nth = 1; ; nth++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FetchError) || !error.isTransient || nth >= options.attempts) throw error;
      if (requestsPause(error)) throw error;
      await sleep(delayAfter(nth, options), undefined, { signal });
    }
  }
}

/** Milliseconds to wait after the nth attempt, counted from 1. */
export function delayAfter(
  nth: number,
  { baseDelay, maximumDelay, random = Math.random }: Omit<RetryPolicy, "attempts" | "maximumPause">,
): number {
  return random() * Math.min(maximumDelay, baseDelay * 2 ** (nth - 1));
}

/** Whether the mirror requested a pause: by 429, or by a Retry-After. */
function requestsPause(error: unknown): error is FetchError {
  return error instanceof FetchError && (error.status === 429 || error.retryAfter !== undefined);
}

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
  readonly #options: RetryPolicy;
  readonly #signal: AbortSignal;
  readonly #onPause: ((pause: Pause) => void) | undefined;
  /** Resolves when the request that is sent alone is answered; null if nothing is paused. */
  #recovery: Promise<unknown> | null = null;
  /** On the clock of `performance.now()`. */
  #end = 0;

  constructor(options: RetryPolicy, signal: AbortSignal, onPause?: (pause: Pause) => void) {
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
        if (!requestsPause(error) || this.#isTooLong(error)) throw error;
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
        if (!requestsPause(error) || this.#isTooLong(error, waited) || rejections >= maxRejections)
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

/** Milliseconds: a pause of this length is reported at once, shorter ones at most once per `noticeInterval`. */
const longPause = 10_000;
const noticeInterval = 30_000;

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
    if (milliseconds < longPause && now - this.#lastNotice < noticeInterval) return;
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

/** The number of papers that may fail in succession, while the mirror answers, before the mirror counts as broken. */
const maxStreak = 10;

/** Counts consecutive failures: a single one is the paper's fault, many are the mirror's. */
export class FailureStreak {
  #length = 0;

  /** `isFailure`: whether the network or the server failed. Returns whether too many have failed in succession. */
  count(isFailure: boolean): boolean {
    this.#length = isFailure ? this.#length + 1 : 0;
    return this.#length >= maxStreak;
  }
}
