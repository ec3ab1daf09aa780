import { setTimeout as sleep } from "node:timers/promises";

/** How long to wait between attempts, in milliseconds: twice as long after each failure, up to `maxDelay`. */
type Backoff = { readonly firstDelay: number; readonly maxDelay: number };

/**
 * Milliseconds to wait after a number of failures in succession (1 after the first). The second half of it is random,
 * so that processes which failed together do not come back together: `{ firstDelay: 1_000, maxDelay: 60_000 }` gives
 * 500 to 1,000 ms, then 1,000 to 2,000, and so on to 30,000 to 60,000.
 */
export function backoffDelay(
  failures: number,
  { firstDelay, maxDelay }: Backoff,
  random = Math.random(),
): number {
  return Math.min(maxDelay, firstDelay * 2 ** (failures - 1)) * (0.5 + random / 2);
}

export type RetryOptions = Backoff & {
  /** Attempts in all; without end by default. */
  readonly attempts?: number;
  /** Whether another attempt makes sense after this error. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Called before each wait, with its length in milliseconds. */
  readonly onRetry?: (error: unknown, delay: number) => void;
  /** Aborting it ends a wait: `retry` rejects with its reason. */
  readonly signal?: AbortSignal;
};

/** Attempts until one succeeds. Rejects with the error of the last attempt, or with one that is not retryable. */
export async function retry<Result>(
  attempt: () => Promise<Result>,
  { attempts = Number.POSITIVE_INFINITY, isRetryable, onRetry, signal, ...backoff }: RetryOptions,
): Promise<Result> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (failures >= attempts || !isRetryable(error)) throw error;
      const delay = backoffDelay(failures, backoff);
      onRetry?.(error, delay);
      await pause(delay, signal);
    }
  }
}

async function pause(delay: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(delay, undefined, { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
