import type { StylesDeclaration } from "sigma/types";
import type { Look } from "../../theme/look.ts";
import type { Shape } from "../palette.ts";

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
