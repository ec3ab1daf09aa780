import { setTimeout as sleep } from "node:timers/promises";
import { FetchError } from "./fetch-error.ts";

export type RetryOptions = {
  /** Times that it is tried in all. */
  readonly attempts: number;
  /** Milliseconds: the most before the second attempt; doubles with each. */
  readonly baseDelay: number;
  /** Milliseconds: the most before any attempt, and the most that a mirror's own wish counts. */
  readonly maximumDelay: number;
  /** From 0 to 1. */
  readonly random?: () => number;
};

/** Tries again after faults that may pass, with exponential back-off and full jitter. Throws the last one. */
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
      await sleep(delayAfter(nth, error.retryAfter, options), undefined, { signal });
    }
  }
}

/** Milliseconds to wait after the nth attempt, counted from 1. */
export function delayAfter(
  nth: number,
  retryAfter: number | undefined,
  { baseDelay, maximumDelay, random = Math.random }: RetryOptions,
): number {
  const jittered = random() * Math.min(maximumDelay, baseDelay * 2 ** (nth - 1));
  return Math.max(jittered, Math.min(retryAfter ?? 0, maximumDelay));
}
