import { describe, expect, it } from "vitest";
import { MovingShare } from "../../web/src/graph-drawing/adaptive-detail.ts";
import { evenOrder } from "../../web/src/graph-drawing/plain-lines.ts";

/** Draws frames that take so long, then rests, by frames of another length; what was drawn of each, and how it ended. */
function move(
  share: MovingShare,
  frames: number,
  milliseconds: number,
  atRest = 16,
): { drawn: number[]; end: string } {
  const drawn: number[] = [];
  let now = 0;
  for (let frame = 0; frame < frames; frame++) {
    drawn.push(share.now);
    expect(share.drawn()).toBe(frame === 0);
    now += milliseconds;
    expect(share.frame(now)).toBe("moving");
  }
  for (;;) {
    now += atRest;
    const end = share.frame(now);
    if (end !== "moving") return { drawn, end };
  }
}

describe("while a picture moves", () => {
  it("all is drawn where frames come soon", () => {
    expect(move(new MovingShare(), 30, 17)).toEqual({ drawn: Array(30).fill(1), end: "whole" });
  });

  it("less and less is drawn where they take long, and the rest is asked for at the end", () => {
    const share = new MovingShare();
    const { drawn, end } = move(share, 40, 120);
    expect(drawn[0]).toBe(1);
    expect(drawn).toEqual(drawn.toSorted((a, b) => b - a));
    expect(drawn.at(-1)).toBe(1 / 16);
    expect(end).toBe("incomplete");
    // What is drawn then, and once at any time, is whole.
    expect(move(share, 1, 120)).toEqual({ drawn: [1], end: "whole" });
  });

  it("the next movement begins with what the last could bear, and with more once frames come soon", () => {
    const share = new MovingShare();
    move(share, 8, 120);
    expect(move(share, 8, 20).drawn[1]).toBe(1 / 4);
    expect(move(share, 8, 20).drawn[1]).toBe(1 / 2);
    expect(move(share, 8, 20).drawn[1]).toBe(1);
  });

  it("all is drawn where the browser makes no more frames at rest either", () => {
    const share = new MovingShare();
    move(share, 1, 33, 33);
    expect(move(share, 30, 33, 33)).toEqual({ drawn: Array(30).fill(1), end: "whole" });
    // Where it does again, such frames are long.
    move(share, 1, 16);
    expect(move(share, 30, 33).end).toBe("incomplete");
  });
});

describe("an even order", () => {
  it("has each once, and at its beginning some from everywhere", () => {
    for (const length of [0, 1, 100, 7919, 15_000]) {
      const things = Array.from({ length }, (_, index) => index);
      expect(evenOrder(things).toSorted((a, b) => a - b)).toEqual(things);
    }
    const [tenths, beginning] = [
      new Set<number>(),
      evenOrder(Array.from({ length: 15_000 }, (_, index) => index)),
    ];
    for (const index of beginning.slice(0, 100)) tenths.add(Math.floor(index / 1500));
    expect(tenths.size).toBe(10);
  });
});
