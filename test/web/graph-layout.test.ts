import { describe, expect, it } from "vitest";
import { runForceSteps } from "../../web/src/graph/force-layout.ts";
import { createForceTask, forceOrder, toPositions } from "../../web/src/graph/force-task.ts";
import type { Position, Positions } from "../../web/src/graph/geometry.ts";
import { nodeRadius } from "../../web/src/graph/geometry.ts";
import { timeLayout, timeTicks, workDate, xOfDate } from "../../web/src/graph/time-layout.ts";
import { nextWork } from "../../web/src/pages/graph/keyboard.ts";
import { generateGraph, neighbourhood, work } from "./neighbourhoods.ts";

const distance = (a: Position, b: Position) => Math.hypot(a.x - b.x, a.y - b.y);

function at(positions: Positions, id: string): Position {
  const position = positions.get(id);
  if (position === undefined) throw new Error(`${id} has no position`);
  return position;
}

describe("the time layout", () => {
  it("places 1,000 works at their dates without overlaps", () => {
    const graph = generateGraph(1000);
    const { positions, scale } = timeLayout(graph);
    const placed = [...graph.works.values()].map((each) => {
      expect(at(positions, each.id).x).toBeCloseTo(xOfDate(workDate(each), scale));
      return { ...at(positions, each.id), radius: nodeRadius(each.citedByCount, 3000) };
    });
    expect(placed).toHaveLength(1000);
    const overlaps = placed.flatMap((one, index) =>
      placed.slice(index + 1).filter((other) => distance(one, other) < one.radius + other.radius),
    );
    expect(overlaps).toEqual([]);
  });

  it("does not depend on the order of the works", () => {
    const graph = generateGraph(60);
    const reversed = { ...graph, works: new Map([...graph.works].reverse()) };
    expect([...timeLayout(reversed).positions].sort()).toEqual([...timeLayout(graph).positions].sort());
  });

  it("dates a work by its submission, else within its year; without a year it is placed before all years", () => {
    expect(workDate(work("a", { year: 1990, submittedAt: "2000-07-02T00:00:00Z" }))).toBeCloseTo(2000.5, 2);
    const within = workDate(work("b", { year: 1997 }));
    expect(within).toBeGreaterThan(1997);
    expect(within).toBeLessThan(1998);
    expect(workDate(work("c"))).toBeNull();
    const { positions, scale } = timeLayout(neighbourhood([work("b", { year: 1997 }), work("c")]));
    expect(scale.undated).not.toBeNull();
    expect(at(positions, "c").x).toBeLessThan(0);
    expect(at(positions, "b").x).toBeGreaterThanOrEqual(0);
  });

  it("places works without any year, and an empty graph", () => {
    expect(timeLayout(neighbourhood([work("a"), work("b")])).positions.size).toBe(2);
    expect(timeLayout(neighbourhood([])).positions.size).toBe(0);
  });

  it("marks as many years as fit on the axis", () => {
    expect(timeTicks(1992.2, 1995.9, 100).map(({ text }) => text)).toEqual(["1993", "1994", "1995"]);
    expect(timeTicks(1992, 2003, 12).map(({ text }) => text)).toEqual(["1995", "2000"]);
    expect(timeTicks(0, 5000, 0.001)).toEqual([]);
  });
});

describe("the force layout", () => {
  const laidOut = (graph: Parameters<typeof createForceTask>[0]) => {
    const steps = [...runForceSteps(createForceTask(graph))];
    expect(steps.map(({ isDone }) => isDone)).toEqual(steps.map((_, index) => index === steps.length - 1));
    return toPositions(forceOrder(graph), steps.at(-1)?.coordinates ?? new Float32Array());
  };

  it("places connected works closer together, and the same graph at the same positions", () => {
    const star = (name: string) => Array.from({ length: 12 }, (_, index) => work(`${name}${index}`));
    const edges = (name: string) =>
      Array.from({ length: 11 }, (_, index) => [`${name}${index + 1}`, `${name}0`] as const);
    const graph = neighbourhood([...star("a"), ...star("b")], [...edges("a"), ...edges("b"), ["a1", "b1"]]);
    const positions = laidOut(graph);
    const mean = (name: string, hub: string) =>
      edges(name).reduce((sum, [leaf]) => sum + distance(at(positions, leaf), at(positions, hub)), 0) / 11;
    expect(mean("a", "a0")).toBeLessThan(mean("a", "b0") / 1.5);
    expect(mean("b", "b0")).toBeLessThan(mean("b", "a0") / 1.5);
    expect(laidOut(graph)).toEqual(positions);
  });

  it("skips to its last round when time is up", () => {
    let calls = 0;
    const steps = [...runForceSteps(createForceTask(generateGraph(60)), () => ++calls > 2)];
    expect(steps.map(({ isDone }) => isDone)).toEqual([false, false, true]);
    expect(steps.at(-1)?.coordinates.every(Number.isFinite)).toBe(true);
  });

  it("lays out an empty graph and a work that cites itself", () => {
    expect(laidOut(neighbourhood([])).size).toBe(0);
    expect(laidOut(neighbourhood([work("a")], [["a", "a"]])).size).toBe(1);
  });
});

describe("an arrow key", () => {
  const positions = new Map([
    ["here", { x: 0, y: 0 }],
    ["east", { x: 10, y: 1 }],
    ["far east", { x: 30, y: 0 }],
    ["north", { x: 1, y: 10 }],
    ["unconnected", { x: -1, y: 0 }],
  ]);
  const neighbours = new Set(["east", "far east", "north"]);

  it("moves along a citation to the best work in its direction, or not at all", () => {
    expect(nextWork("here", "right", neighbours, positions)).toBe("east");
    expect(nextWork("here", "up", neighbours, positions)).toBe("north");
    expect(nextWork("here", "left", neighbours, positions)).toBeNull();
    expect(nextWork("here", "down", neighbours, positions)).toBeNull();
  });

  it("reaches a single neighbour in every direction", () => {
    for (let turn = 0; turn < 16; turn++) {
      const angle = (turn * Math.PI) / 8;
      const around = new Map([
        ["here", { x: 0, y: 0 }],
        ["there", { x: Math.cos(angle), y: Math.sin(angle) }],
      ]);
      const found = (["left", "right", "up", "down"] as const).map((heading) =>
        nextWork("here", heading, new Set(["there"]), around),
      );
      expect(found).toContain("there");
    }
  });
});
