import fc from "fast-check";
import { expect, it } from "vitest";
import { ConsecutiveCursor } from "../../src/sync/cursor.ts";

it("moves over what is complete without a gap, and no further", () => {
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

it("stands at the last consecutive completion in whatever order positions complete", () => {
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
      let stands = 0;
      for (const position of completed) {
        done.add(position);
        stands = complete[position - 1]?.() ?? stands;
        let expected = 0;
        while (done.has(expected + 1)) expected++;
        expect(stands).toBe(expected);
      }
      expect(cursor.open).toBe(count - stands);
    }),
  );
});
