import { expect, it } from "vitest";
import { TokenBuckets } from "../../src/runtime/token-buckets.ts";

function bucketsAt(perMinute: number, maxKeys?: number) {
  const clock = { now: 0 };
  return { clock, buckets: new TokenBuckets({ perMinute, maxKeys, now: () => clock.now }) };
}

it("a key may use a minute's tokens at once, then as many as are refilled", () => {
  const { clock, buckets } = bucketsAt(60);
  expect(buckets.wait("a", 60)).toBe(0);
  buckets.take("a", 60);
  expect(buckets.wait("a", 1)).toBe(1_000);
  clock.now = 1_500;
  expect(buckets.wait("a", 1)).toBe(0);
  expect(buckets.wait("a", 2)).toBe(500);
});

it("keys have separate buckets", () => {
  const { buckets } = bucketsAt(1);
  buckets.take("a", 1);
  expect(buckets.wait("a", 1)).toBe(60_000);
  expect(buckets.wait("b", 1)).toBe(0);
});

it("taking more than a minute's tokens needs a full bucket, and later takes wait for the rest", () => {
  const { clock, buckets } = bucketsAt(60);
  expect(buckets.wait("a", 180)).toBe(0);
  buckets.take("a", 180);
  clock.now = 120_000;
  expect(buckets.wait("a", 1)).toBe(1_000);
});

it("a bucket has at most a minute's tokens", () => {
  const { clock, buckets } = bucketsAt(60);
  buckets.take("a", 1);
  clock.now = 3_600_000;
  buckets.take("a", 60);
  expect(buckets.wait("a", 1)).toBe(1_000);
});

it("the least recently used key is dropped beyond maxKeys", () => {
  const { buckets } = bucketsAt(1, 2);
  for (const key of ["a", "b"]) buckets.take(key, 1);
  buckets.wait("a", 1);
  buckets.take("c", 1);
  expect(buckets.size).toBe(2);
  expect(buckets.wait("b", 1)).toBe(0);
});
