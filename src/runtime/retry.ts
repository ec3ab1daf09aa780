import { setTimeout as sleep } from "node:timers/promises";

/** Delays between attempts, in milliseconds: doubled after each failure, up to `maxDelay`. */
type Backoff = { readonly firstDelay: number; readonly maxDelay: number };

/**
 * Milliseconds to wait after a number of consecutive failures (1 after the first). The second half of the delay is
 * random, so that processes that failed together do not retry together: `{ firstDelay: 1_000, maxDelay: 60_000 }` gives
 * 500 to 1,000 ms, then 1,000 to 2,000, and so on up to 30,000 to 60,000.
 */
export function backoffDelay(
  failures: number,
  { firstDelay, maxDelay }: Backoff,
  random = Math.random(),
): number {
  return Math.min(maxDelay, firstDelay * 2 ** (failures - 1)) * (0.5 + random / 2);
}

export type RetryOptions = Backoff & {
  /** Total number of attempts. No limit by default. */
  readonly attempts?: number;
  /** Whether to retry after this error. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Called before each wait, with its length in milliseconds. */
  readonly onRetry?: (error: unknown, delay: number) => void;
  /** Aborting it ends a wait: `retry` rejects with its reason. */
  readonly signal?: AbortSignal;
};

/** Retries until an attempt succeeds. Rejects with the last error, or with the first that is not retryable. */
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
