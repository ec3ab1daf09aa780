import { expect, it } from "vitest";
import { AsyncEvent } from "../../src/runtime/async-event.ts";

it("set ends all current waits", async () => {
  const event = new AsyncEvent();
  const waits = [event.wait(), event.wait({ timeout: 3_600_000 })];
  event.set();
  expect(await Promise.all(waits)).toEqual([true, true]);
});

it("set without a waiter ends the next wait only", async () => {
  const event = new AsyncEvent();
  event.set();
  event.set();
  expect(await event.wait()).toBe(true);
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("set with a waiter does not end a later wait", async () => {
  const event = new AsyncEvent();
  const wait = event.wait();
  event.set();
  expect(await wait).toBe(true);
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("clear discards an event", async () => {
  const event = new AsyncEvent();
  event.set();
  event.clear();
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("wait resolves with false when its signal aborts, before or during the wait", async () => {
  const event = new AsyncEvent();
  const stop = new AbortController();
  const wait = event.wait({ signal: stop.signal });
  stop.abort();
  expect(await wait).toBe(false);
  expect(await event.wait({ signal: stop.signal })).toBe(false);
});
