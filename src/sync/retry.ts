import { setTimeout as sleep } from "node:timers/promises";
import { FetchError } from "./fetch-error.ts";

export type RetryOptions = {
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

export const defaultRetry: RetryOptions = {
  attempts: 5,
  baseDelay: 500,
  maximumDelay: 30_000,
  maximumPause: 900_000,
};

/**
 * Retries transient failures with exponential backoff and full jitter. Throws the last error, and at once an error for
 * which `asksForPause` is true: `RequestPauses` has already sent that request as often as is useful.
 */
export async function withRetries<Result>(
  attempt: () => Promise<Result>,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<Result> {
  for (let nth = 1; ; nth++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FetchError) || !error.isTransient || nth >= options.attempts) throw error;
      if (asksForPause(error)) throw error;
      await sleep(delayAfter(nth, options), undefined, { signal });
    }
  }
}

/** Milliseconds to wait after the nth attempt, counted from 1. */
export function delayAfter(
  nth: number,
  { baseDelay, maximumDelay, random = Math.random }: Omit<RetryOptions, "attempts" | "maximumPause">,
): number {
  return random() * Math.min(maximumDelay, baseDelay * 2 ** (nth - 1));
}

/** Whether the mirror requested a pause: by 429, or by a Retry-After. */
export function asksForPause(error: unknown): error is FetchError {
  return error instanceof FetchError && (error.status === 429 || error.retryAfter !== undefined);
}
