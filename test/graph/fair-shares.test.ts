import { expect, test } from "vitest";
import { Meter } from "../../src/graph/budget.ts";
import { roundRobin } from "../../src/graph/order.ts";
import { runGraphQuery } from "../../src/graph/queries.ts";
import { Scratch } from "../../src/graph/scratch.ts";
import { GraphVersion } from "../../src/graph/version.ts";
import { baseOf } from "./random-graph.ts";

/** Work 1 is cited by 500 works, each cited by ten others; work 2 cites 5 works that nothing else cites. */
const citers = Array.from({ length: 500 }, (_, index) => BigInt(1_000 + index));
const references = [20n, 21n, 22n, 23n, 24n];
const readers = Array.from({ length: 10 }, (_, index) => BigInt(5_000 + index));
const edge = (citing: bigint, cited: bigint) => ({ citing, cited, isAnchor: false });
const graph = GraphVersion.of(
  baseOf({
    works: [1n, 2n, ...references, ...citers, ...readers],
    edges: [
      ...citers.map((citing) => edge(citing, 1n)),
      ...references.map((cited) => edge(2n, cited)),
      ...readers.flatMap((citing) => citers.map((cited) => edge(citing, cited))),
    ],
  }),
);

function around(roots: readonly bigint[], maxNodes: number, depth = 1) {
  const input = { roots, direction: "BOTH", depth, maxNodes } as const;
  return runGraphQuery(graph, "neighbourhood", input, new Meter({}), new Scratch());
}

test.each([[[1n, 2n]], [[2n, 1n]]])(
  "a root with five references keeps them beside one with 500 citations, roots %s",
  (roots) => {
    for (const depth of [1, 2, 3]) {
      const { workIds, truncated } = around(roots, 300, depth);
      expect(workIds).toHaveLength(300);
      expect([...workIds].slice(0, 2)).toEqual(roots);
      expect([...workIds]).toEqual(expect.arrayContaining(references));
      expect(truncated).toBe(true);
    }
  },
);

test("three roots add works in turn, and a work that two of them reach counts for both", () => {
  const [first, second] = citers as [bigint, bigint];
  const { workIds, depths } = around([1n, first, second], 12);
  expect([...workIds]).toEqual([1n, first, second, ...citers.slice(2, 6), ...readers.slice(0, 5)]);
  expect([...depths]).toEqual([0, 0, 0, ...Array(9).fill(1)]);
});

test("no root is limited if all works fit", () => {
  const { workIds, truncated } = around([2n, 1n], 507);
  expect(workIds).toHaveLength(507);
  expect(truncated).toBe(false);
});

test("inRounds takes items from lists in turn, and leaves unneeded places to the others", () => {
  expect([...roundRobin([["a", "b", "c"], ["x"]], 3)]).toEqual(["a", "x", "b"]);
  expect([...roundRobin([["a"], ["b", "c", "d"]], 10)]).toEqual(["a", "b", "c", "d"]);
  expect([
    ...roundRobin(
      [
        ["a", "b"],
        ["a", "c"],
      ],
      3,
    ),
  ]).toEqual(["a", "b", "c"]);
});
