import { expect, test } from "vitest";
import { defaultNodeState, workAppearance } from "../../web/src/graph-drawing/appearance.ts";
import { workAt } from "../../web/src/graph-drawing/pointer.ts";

const large = { id: "large", x: 0, y: 0, radius: 10, isHighlighted: false };
const small = { id: "small", x: 4, y: 0, radius: 3, isHighlighted: false };

test("workAt returns the work on top: the smaller before the larger, a highlighted one before both", () => {
  expect(workAt({ x: 5, y: 1 }, [large, small], 0)).toBe("small");
  expect(workAt({ x: 5, y: 1 }, [small, large], 0)).toBe("small");
  expect(workAt({ x: 5, y: 1 }, [{ ...large, isHighlighted: true }, small], 0)).toBe("large");
  expect(workAt({ x: -5, y: 0 }, [large, small], 0)).toBe("large");
});

test("workAt returns a work within the padding beside it, and null further away", () => {
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
  isAlwaysLabelled: false,
  labelPosition: "left",
} as const;
const plain = { ...defaultNodeState, isUnderPointer: false, isDragged: false };
const nothing = { hasActiveWork: false, hasPath: false };

test("workAppearance draws a ring around marked works only, different for each mark", () => {
  expect(workAppearance(work, plain, nothing, look)).toMatchObject({
    radius: 6,
    gap: 0,
    ring: 0,
    isHighlighted: false,
  });
  const marked = (["isFocused", "isSelected", "isPinned", "isUnderPointer"] as const).map((state) =>
    workAppearance(work, { ...plain, [state]: true }, nothing, look),
  );
  expect(new Set(marked.map(({ ring, ringColour }) => `${ring} ${ringColour}`)).size).toBe(3);
  expect(marked.every(({ ring, gap }) => ring > 0 && gap > 0)).toBe(true);
  expect(marked.map(({ isHighlighted }) => isHighlighted)).toEqual([true, true, false, true]);
});

test("workAppearance dims works that are not adjacent to the active one", () => {
  const opacity = (state: object, graph: object) =>
    workAppearance(work, { ...plain, ...state }, { ...nothing, ...graph }, look).opacity;
  expect(opacity({}, {})).toBe(1);
  expect(opacity({}, { hasPath: true })).toBe(0.5);
  expect(opacity({}, { hasActiveWork: true })).toBe(0.22);
  expect(opacity({ isAdjacent: true }, { hasActiveWork: true })).toBe(1);
  expect(opacity({ isSelected: true }, { hasActiveWork: true })).toBe(1);
});
