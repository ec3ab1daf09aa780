import fc from "fast-check";
import { expect, it } from "vitest";
import { ConsecutiveCursor } from "../../src/sync/cursor.ts";

it("ConsecutiveCursor advances to the end of the completed positions without a gap", () => {
  const cursor = new ConsecutiveCursor<number>();
  const [first, second, third, fourth] = [1, 2, 3, 4].map((position) => cursor.begin(position));
  expect(second?.()).toBeNull();
  expect(fourth?.()).toBeNull();
  expect(first?.()).toBe(2);
  expect(third?.()).toBe(4);
  expect(cursor.open).toBe(0);
  const fifth = cursor.begin(5);
  expect([fifth(), fifth()]).toEqual([5, null]);
});

it("ConsecutiveCursor is at the last consecutive position for any order of completion", () => {
  const order = fc.integer({ min: 1, max: 40 }).chain((count) =>
    fc
      .shuffledSubarray(
        Array.from({ length: count }, (_, index) => index + 1),
        { minLength: 0, maxLength: count },
      )
      .map((completed) => ({ count, completed })),
  );
  fc.assert(
    fc.property(order, ({ count, completed }) => {
      const cursor = new ConsecutiveCursor<number>();
      const complete = Array.from({ length: count }, (_, index) => cursor.begin(index + 1));
      const done = new Set<number>();
      let cursorPosition = 0;
      for (const position of completed) {
        done.add(position);
        cursorPosition = complete[position - 1]?.() ?? cursorPosition;
        let expected = 0;
        while (done.has(expected + 1)) expected++;
        expect(cursorPosition).toBe(expected);
      }
      expect(cursor.open).toBe(count - cursorPosition);
    }),
  );
});
