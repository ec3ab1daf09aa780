import type { StylesDeclaration } from "sigma/types";
import type { Citation, Shape, TimeScale } from "../graph/index.ts";
import type { Look } from "../theme/index.ts";

/** What a picture is made of: works where they stand, and citations between them. */
export type Drawn = {
  readonly works: readonly DrawnWork[];
  readonly citations: readonly Citation[];
  /** The time axis; null where the layout has none. */
  readonly scale: TimeScale | null;
};

export type DrawnWork = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: string;
  readonly shape: Shape;
  readonly name: string;
  /** What is written beside it: short, on one line. */
  readonly label: string;
  /** Whether its label is always shown: starting points, and every work of a small graph. */
  readonly isNamed: boolean;
};

/** What of a picture stands out. */
export type Marks = {
  readonly selected: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
  /** The work that the keyboard is at. */
  readonly focused: string | null;
  /** The works on the path that is shown, and its citations by `nameOfCitation`. */
  readonly pathWorks: ReadonlySet<string>;
  readonly pathCitations: ReadonlySet<string>;
};

export const noMarks: Marks = {
  selected: new Set(),
  pinned: new Set(),
  focused: null,
  pathWorks: new Set(),
  pathCitations: new Set(),
};

export type LabelSide = "left" | "right" | "above";

export type NodeAttributes = {
  x: number;
  y: number;
  size: number;
  color: string;
  shape: Shape;
  label: string;
  isNamed: boolean;
  /** On which side its name stands. */
  labelPosition: "left" | "right";
};
export type NodeState = {
  /** The pointer is at it. Not sigma's own `isHovered`: sigma resets that whenever it looks for what is below the pointer. */
  isPointedAt: boolean;
  isSelected: boolean;
  isPinned: boolean;
  isFocused: boolean;
  isOnPath: boolean;
  /** Beside the work that is pointed at, or in focus. */
  isNear: boolean;
};
/** Whether anything stands out: the rest then steps back. */
export type GraphState = { hasNear: boolean; hasPath: boolean };

export const plainNodeState: NodeState = {
  isPointedAt: false,
  isSelected: false,
  isPinned: false,
  isFocused: false,
  isOnPath: false,
  isNear: false,
};
export const plainGraphState: GraphState = { hasNear: false, hasPath: false };

type Styles = StylesDeclaration<NodeAttributes, Record<string, unknown>, NodeState, object, GraphState>;

/** What sigma knows of works, by their states: where they stand, and their names. The look may change. */
export function stylesOf(look: () => Look): Styles {
  return {
    nodes: {
      x: { attribute: "x" },
      y: { attribute: "y" },
      label: { attribute: "label" },
      size: sizeOf,
      labelVisibility: ({ isNamed }, state, graph) =>
        isNamed || standsOut(state) ? "visible" : stepsBack(state, graph) ? "hidden" : "auto",
      labelColor: () => look().text,
      labelPosition: ({ labelPosition }, { isOnPath }) => labelSide(labelPosition, isOnPath),
      labelDepth: "topNodes",
      labelBackgroundColor: () => `${look().raised}c8`,
      labelBackgroundPadding: 1,
    },
  };
}

export function sizeOf({ size }: NodeAttributes, { isPointedAt, isDragged, isFocused }: SeenState): number {
  return isPointedAt || isDragged || isFocused ? size + 1.5 : size;
}

/** Names of works on a path stand above them: beside them they would lie upon the path, and hide its arrows. */
export function labelSide(side: "left" | "right", isOnPath: boolean): LabelSide {
  return isOnPath ? "above" : side;
}

/** A work's state with what sigma has of its own. */
export type SeenState = NodeState & { readonly isDragged: boolean };

export function standsOut({ isPointedAt, isDragged, isSelected, isFocused, isOnPath }: SeenState): boolean {
  return isPointedAt || isDragged || isSelected || isFocused || isOnPath;
}

export function stepsBack(state: SeenState, { hasNear, hasPath }: GraphState): boolean {
  return (hasNear || hasPath) && !standsOut(state) && !state.isNear;
}

/** How strong plain lines are: the more, the fainter each, so that what shows is where there are many. */
export function lineStrength(count: number, { hasNear, hasPath }: GraphState): number {
  const plain = Math.min(0.5, Math.max(0.08, 6 / Math.sqrt(count + 1)));
  return (hasNear || hasPath ? 0.35 : 1) * plain;
}

/** How a work is drawn. Colours are `#rrggbb`. */
export type WorkLook = {
  /** Before zooming; the gap and the ring around it are as wide at any zoom. */
  readonly radius: number;
  readonly gap: number;
  readonly ring: number;
  readonly shape: Shape;
  readonly colour: string;
  /** Of the gap. */
  readonly groundColour: string;
  readonly ringColour: string;
  /** From 0 to 1. */
  readonly opacity: number;
  /** Whether it is drawn over others. */
  readonly standsOut: boolean;
};

/** How a work looks now, by its state and the graph's. */
export function lookOf(work: NodeAttributes, state: SeenState, graph: GraphState, look: Look): WorkLook {
  const ring = ringOf(state, look);
  return {
    radius: sizeOf(work, state),
    gap: ring === null ? 0 : 1,
    ring: ring?.width ?? 0,
    shape: work.shape,
    colour: work.color,
    groundColour: ring === null ? work.color : state.isSelected ? look.accentSoft : look.raised,
    ringColour: ring?.colour ?? work.color,
    opacity: stepsBack(state, graph) ? (graph.hasNear ? 0.22 : 0.5) : 1,
    standsOut: standsOut(state),
  };
}

/** What surrounds a work that is marked. */
function ringOf(state: SeenState, look: Look): { readonly width: number; readonly colour: string } | null {
  if (state.isFocused) return { width: 3, colour: look.focus };
  if (state.isSelected) return { width: 2.5, colour: look.accent };
  if (state.isPointedAt || state.isDragged || state.isPinned) return { width: 1.5, colour: look.soft };
  return null;
}

/** What is drawn of a work, but for where. */
export function attributesOf({
  radius,
  colour,
  shape,
  label,
  isNamed,
}: DrawnWork): Omit<NodeAttributes, "x" | "y" | "labelPosition"> {
  return { size: radius, color: colour, shape, label, isNamed };
}

/** Names stand to the right, but of the works furthest right to the left: there they would not be seen whole. */
export function sidesOf(works: readonly DrawnWork[]): (work: DrawnWork) => "left" | "right" {
  const least = works.reduce((x, work) => Math.min(x, work.x), Number.POSITIVE_INFINITY);
  const most = works.reduce((x, work) => Math.max(x, work.x), Number.NEGATIVE_INFINITY);
  const border = least + 0.8 * (most - least);
  return ({ x }) => (x > border && most > least ? "left" : "right");
}
