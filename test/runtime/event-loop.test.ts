import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { isTurnOver, mapInTurns, sliceMilliseconds, waitForTurn } from "../../src/runtime/event-loop.ts";

/** Blocks the event loop for longer than a slice. */
function useSlice(): void {
  const end = performance.now() + sliceMilliseconds + 1;
  isTurnOver();
  while (performance.now() <= end);
}

it("isTurnOver is true after a used-up slice, until the event loop has run", async () => {
  await nextTurn();
  expect(isTurnOver()).toBe(false);
  useSlice();
  expect(isTurnOver()).toBe(true);
  await nextTurn();
  await nextTurn();
  expect(isTurnOver()).toBe(false);
});

it("takeTurn gives the next turn to the owner that has used the least time", async () => {
  const [long, short] = [{}, {}];
  const order: string[] = [];
  const waiting = [1, 2, 3].map((nth) =>
    waitForTurn(long).then(() => {
      order.push(`long ${nth}`);
      useSlice();
    }),
  );
  await nextTurn();
  waiting.push(waitForTurn(short).then(() => void order.push("short")));
  await Promise.all(waiting);
  expect(order).toEqual(["long 1", "short", "long 2", "long 3"]);
});

it("mapInTurns maps a long list in several turns, and a short one synchronously", async () => {
  expect(mapInTurns([1, 2], (number) => number * 2)).toEqual([2, 4]);
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  const items = Array.from({ length: 5_000 }, (_, index) => index);
  const mapped = await mapInTurns(items, (item) => {
    if (item % 500 === 0) useSlice();
    return item;
  });
  clearInterval(count);
  expect(mapped).toEqual(items);
  expect(turns).toBeGreaterThan(3);
});
