import { expect, it } from "vitest";
import { AsyncEvent } from "../../src/runtime/async-event.ts";

it("ends all waits", async () => {
  const event = new AsyncEvent();
  const waits = [event.wait(), event.wait({ timeout: 3_600_000 })];
  event.set();
  expect(await Promise.all(waits)).toEqual([true, true]);
});

it("keeps an event that nobody waits for, for one wait", async () => {
  const event = new AsyncEvent();
  event.set();
  event.set();
  expect(await event.wait()).toBe(true);
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("keeps nothing for later when somebody waits", async () => {
  const event = new AsyncEvent();
  const wait = event.wait();
  event.set();
  expect(await wait).toBe(true);
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("forgets an event that was cleared", async () => {
  const event = new AsyncEvent();
  event.set();
  event.clear();
  expect(await event.wait({ timeout: 1 })).toBe(false);
});

it("ends a wait without the event when its signal is aborted, before or meanwhile", async () => {
  const event = new AsyncEvent();
  const stop = new AbortController();
  const wait = event.wait({ signal: stop.signal });
  stop.abort();
  expect(await wait).toBe(false);
  expect(await event.wait({ signal: stop.signal })).toBe(false);
});
