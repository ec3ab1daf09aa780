import { expect, it } from "vitest";
import { backoffDelay, retry } from "../../src/runtime/retry.ts";

const backoff = { firstDelay: 100, maxDelay: 500 };

it.each([
  { failures: 1, random: 0, delay: 50 },
  { failures: 1, random: 1, delay: 100 },
  { failures: 2, random: 0, delay: 100 },
  { failures: 3, random: 1, delay: 400 },
  { failures: 4, random: 1, delay: 500 },
  { failures: 2_000, random: 0, delay: 250 },
])("backoffDelay is $delay ms after $failures failures at random $random", ({ failures, random, delay }) => {
  expect(backoffDelay(failures, backoff, random)).toBe(delay);
});

/** Fails with each error in turn, then succeeds. */
function failing(...errors: readonly Error[]) {
  let calls = 0;
  const attempt = async () => {
    const error = errors[calls++];
    if (error !== undefined) throw error;
    return "done";
  };
  return { attempt, calls: () => calls };
}

const short = { firstDelay: 0.01, maxDelay: 0.01, isRetryable: () => true };

it("retry attempts until one succeeds, and reports each failure", async () => {
  const { attempt, calls } = failing(new Error("first"), new Error("second"));
  const reported: string[] = [];
  const onRetry = (error: unknown) => void reported.push((error as Error).message);
  expect(await retry(attempt, { ...short, onRetry })).toBe("done");
  expect(calls()).toBe(3);
  expect(reported).toEqual(["first", "second"]);
});

it("retry rejects with the last error once the attempts are used up", async () => {
  const { attempt, calls } = failing(new Error("first"), new Error("second"), new Error("third"));
  await expect(retry(attempt, { ...short, attempts: 2 })).rejects.toThrow("second");
  expect(calls()).toBe(2);
});

it("retry rejects at once with an error that is not retryable", async () => {
  const { attempt, calls } = failing(new Error("first"), new Error("second"));
  await expect(retry(attempt, { ...short, isRetryable: () => false })).rejects.toThrow("first");
  expect(calls()).toBe(1);
});

it("retry rejects with the signal's reason if it aborts during the delay", async () => {
  const { attempt, calls } = failing(new Error("first"));
  const stop = new AbortController();
  const options = { firstDelay: 3_600_000, maxDelay: 3_600_000, isRetryable: () => true };
  const result = retry(attempt, {
    ...options,
    signal: stop.signal,
    onRetry: () => setImmediate(() => stop.abort(new Error("stopped"))),
  });
  await expect(result).rejects.toThrow("stopped");
  expect(calls()).toBe(1);
});
