import { describe, expect, it } from "vitest";
import { AdaptiveDetail } from "../../web/src/graph-drawing/adaptive-detail.ts";
import { spreadOrder } from "../../web/src/graph-drawing/plain-lines.ts";

/** Renders frames of a duration, then rests with frames of another; returns the fraction drawn in each, and the end. */
function move(
  detail: AdaptiveDetail,
  frames: number,
  milliseconds: number,
  atRest = 16,
): { drawn: number[]; end: string } {
  const drawn: number[] = [];
  let now = 0;
  for (let frame = 0; frame < frames; frame++) {
    drawn.push(detail.fraction);
    expect(detail.onRender()).toBe(frame === 0);
    now += milliseconds;
    expect(detail.onFrame(now)).toBe("moving");
  }
  for (;;) {
    now += atRest;
    const end = detail.onFrame(now);
    if (end !== "moving") return { drawn, end };
  }
}

describe("a moving picture", () => {
  it("is drawn completely if frames are fast", () => {
    expect(move(new AdaptiveDetail(), 30, 17)).toEqual({ drawn: Array(30).fill(1), end: "complete" });
  });

  it("is drawn with less and less detail if frames are slow, and completely at the end", () => {
    const detail = new AdaptiveDetail();
    const { drawn, end } = move(detail, 40, 120);
    expect(drawn[0]).toBe(1);
    expect(drawn).toEqual(drawn.toSorted((a, b) => b - a));
    expect(drawn.at(-1)).toBe(1 / 16);
    expect(end).toBe("incomplete");
    // A single render is complete.
    expect(move(detail, 1, 120)).toEqual({ drawn: [1], end: "complete" });
  });

  it("starts with the fraction of the last movement, and with more once frames are fast", () => {
    const detail = new AdaptiveDetail();
    move(detail, 8, 120);
    expect(move(detail, 8, 20).drawn[1]).toBe(1 / 4);
    expect(move(detail, 8, 20).drawn[1]).toBe(1 / 2);
    expect(move(detail, 8, 20).drawn[1]).toBe(1);
  });

  it("is drawn completely if frames are as slow at rest", () => {
    const detail = new AdaptiveDetail();
    move(detail, 1, 33, 33);
    expect(move(detail, 30, 33, 33)).toEqual({ drawn: Array(30).fill(1), end: "complete" });
    // Once frames at rest are fast again, such frames are slow.
    move(detail, 1, 16);
    expect(move(detail, 30, 33).end).toBe("incomplete");
  });
});

describe("spreadOrder", () => {
  it("contains each item once, and items from everywhere near its start", () => {
    for (const length of [0, 1, 100, 7919, 15_000]) {
      const things = Array.from({ length }, (_, index) => index);
      expect(spreadOrder(things).toSorted((a, b) => a - b)).toEqual(things);
    }
    const [tenths, beginning] = [
      new Set<number>(),
      spreadOrder(Array.from({ length: 15_000 }, (_, index) => index)),
    ];
    for (const index of beginning.slice(0, 100)) tenths.add(Math.floor(index / 1500));
    expect(tenths.size).toBe(10);
  });
});
