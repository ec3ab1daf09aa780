import type { Look } from "../../theme/look.ts";
import type { Shape } from "../palette.ts";
import type { DrawnWork } from "./drawn.ts";
import {
  type GraphState,
  type NodeAttributes,
  type SeenState,
  sizeOf,
  standsOut,
  stepsBack,
} from "./styles.ts";

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
