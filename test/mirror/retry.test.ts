import { expect, it } from "vitest";
import { FetchError } from "../../src/sync/index.ts";
import { delayAfter, withRetries } from "../../src/sync/retry.ts";

const options = { attempts: 3, baseDelay: 0, maximumDelay: 0, maximumPause: 0 };
const { signal } = new AbortController();

function failing(error: Error): { attempt: () => Promise<never>; count: () => number } {
  let count = 0;
  const attempt = async () => {
    count++;
    throw error;
  };
  return { attempt, count: () => count };
}

it("withRetries retries transient faults, but not 429, a Retry-After or other errors", async () => {
  const passing = failing(new FetchError("FETCH_FAILED", "503", { isTransient: true, status: 503 }));
  await expect(withRetries(passing.attempt, options, signal)).rejects.toThrow("503");
  expect(passing.count()).toBe(3);
  const limited = { isTransient: true, status: 429 };
  const busy = { isTransient: true, status: 503, retryAfter: 1 };
  for (const error of [
    new FetchError("TOO_LARGE", "large"),
    new FetchError("FETCH_FAILED", "429", limited),
    new FetchError("FETCH_FAILED", "503", busy),
    new Error("a defect"),
  ]) {
    const lasting = failing(error);
    await expect(withRetries(lasting.attempt, options, signal)).rejects.toBe(error);
    expect(lasting.count()).toBe(1);
  }
});

it("delayAfter returns a random part of a doubling time, up to a maximum", () => {
  const bounds = { baseDelay: 100, maximumDelay: 1000 };
  const most = [1, 2, 3, 4, 5, 6].map((nth) => delayAfter(nth, { ...bounds, random: () => 1 }));
  expect(most).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(delayAfter(4, { ...bounds, random: () => 0 })).toBe(0);
});

it("withRetries rejects with AbortError when the signal is aborted", async () => {
  const controller = new AbortController();
  const { attempt } = failing(new FetchError("FETCH_FAILED", "away", { isTransient: true }));
  const waiting = withRetries(attempt, { ...options, baseDelay: 1e9, maximumDelay: 1e9 }, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
