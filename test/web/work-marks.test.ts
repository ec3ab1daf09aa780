import { expect, test } from "vitest";
import { lookOf, plainNodeState } from "../../web/src/graph-drawing/appearance.ts";
import { workAt } from "../../web/src/graph-drawing/pointer.ts";

const large = { id: "large", x: 0, y: 0, radius: 10, standsOut: false };
const small = { id: "small", x: 4, y: 0, radius: 3, standsOut: false };

test("what is pointed at is what is seen there: the smaller over the larger, what stands out over both", () => {
  expect(workAt({ x: 5, y: 1 }, [large, small], 0)).toBe("small");
  expect(workAt({ x: 5, y: 1 }, [small, large], 0)).toBe("small");
  expect(workAt({ x: 5, y: 1 }, [{ ...large, standsOut: true }, small], 0)).toBe("large");
  expect(workAt({ x: -5, y: 0 }, [large, small], 0)).toBe("large");
});

test("a little beside a work is at it, further off nothing is", () => {
  expect(workAt({ x: 0, y: 12.9 }, [large, small], 3)).toBe("large");
  expect(workAt({ x: 0, y: 13.1 }, [large, small], 3)).toBeNull();
  expect(workAt({ x: 0, y: 0 }, [], 3)).toBeNull();
});

const look = {
  ground: "#000001",
  raised: "#000002",
  text: "#000003",
  soft: "#000004",
  line: "#000005",
  lineStrong: "#000006",
  accent: "#000007",
  accentSoft: "#000008",
  focus: "#000009",
  font: "serif",
};
const work = {
  x: 0,
  y: 0,
  size: 6,
  color: "#123456",
  shape: "square",
  label: "",
  isNamed: false,
  labelPosition: "left",
} as const;
const plain = { ...plainNodeState, isPointedAt: false, isDragged: false };
const nothing = { hasNear: false, hasPath: false };

test("marks surround a work, each as itself; one that is not marked has no ring", () => {
  expect(lookOf(work, plain, nothing, look)).toMatchObject({ radius: 6, gap: 0, ring: 0, standsOut: false });
  const marked = (["isFocused", "isSelected", "isPinned", "isPointedAt"] as const).map((state) =>
    lookOf(work, { ...plain, [state]: true }, nothing, look),
  );
  expect(new Set(marked.map(({ ring, ringColour }) => `${ring} ${ringColour}`)).size).toBe(3);
  expect(marked.every(({ ring, gap }) => ring > 0 && gap > 0)).toBe(true);
  expect(marked.map(({ standsOut }) => standsOut)).toEqual([true, true, false, true]);
});

test("what is not beside the work that is pointed at steps back", () => {
  const opacity = (state: object, graph: object) =>
    lookOf(work, { ...plain, ...state }, { ...nothing, ...graph }, look).opacity;
  expect(opacity({}, {})).toBe(1);
  expect(opacity({}, { hasPath: true })).toBe(0.5);
  expect(opacity({}, { hasNear: true })).toBe(0.22);
  expect(opacity({ isNear: true }, { hasNear: true })).toBe(1);
  expect(opacity({ isSelected: true }, { hasNear: true })).toBe(1);
});
