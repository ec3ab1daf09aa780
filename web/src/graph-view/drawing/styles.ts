import type { StylesDeclaration } from "sigma/types";
import type { Look } from "../../theme/look.ts";

export type LabelSide = "left" | "right" | "above";

export type NodeAttributes = {
  x: number;
  y: number;
  size: number;
  color: string;
  shape: string;
  label: string;
  isRoot: boolean;
  /** On which side its name stands. */
  labelPosition: "left" | "right";
};
export type NodeState = {
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
  isSelected: false,
  isPinned: false,
  isFocused: false,
  isOnPath: false,
  isNear: false,
};
export const plainGraphState: GraphState = { hasNear: false, hasPath: false };

type Styles = StylesDeclaration<NodeAttributes, Record<string, unknown>, NodeState, object, GraphState>;

/** How works look, by their states. The look is asked for each time: the theme may change. */
export function stylesOf(look: () => Look): Styles {
  return {
    nodes: {
      x: { attribute: "x" },
      y: { attribute: "y" },
      color: { attribute: "color" },
      shape: { attribute: "shape" },
      label: { attribute: "label" },
      size: ({ size }, { isHovered, isDragged, isFocused }) =>
        isHovered || isDragged || isFocused ? size + 1.5 : size,
      opacity: (_attributes, state, graph) => (stepsBack(state, graph) ? (graph.hasNear ? 0.22 : 0.5) : 1),
      depth: (_attributes, state) => (standsOut(state) ? "topNodes" : "nodes"),
      labelVisibility: ({ isRoot }, state, graph) =>
        standsOut(state) ? "visible" : stepsBack(state, graph) ? "hidden" : isRoot ? "visible" : "auto",
      labelColor: () => look().text,
      labelPosition: ({ labelPosition }, { isOnPath }) => labelSide(labelPosition, isOnPath),
      labelDepth: "topNodes",
      labelBackgroundColor: () => `${look().raised}c8`,
      labelBackgroundPadding: 1,
      cursor: "pointer",
      backdropVisibility: (_attributes, { isHovered, isDragged, isSelected, isFocused, isPinned }) =>
        isHovered || isDragged || isSelected || isFocused || isPinned ? "visible" : "hidden",
      backdropArea: "node",
      backdropColor: (_attributes, { isSelected }) => (isSelected ? look().accentSoft : look().raised),
      backdropShadowColor: "#00000000",
      backdropShadowBlur: 0,
      backdropPadding: (_attributes, { isFocused }) => (isFocused ? 4 : 2.5),
      backdropBorderWidth: (_attributes, { isFocused, isSelected }) =>
        isFocused ? 3 : isSelected ? 2.5 : 1.5,
      backdropBorderColor: (_attributes, { isFocused, isSelected }) =>
        isFocused ? look().focus : isSelected ? look().accent : look().soft,
    },
  };
}

/** Names of works on a path stand above them: beside them they would lie upon the path, and hide its arrows. */
export function labelSide(side: "left" | "right", isOnPath: boolean): LabelSide {
  return isOnPath ? "above" : side;
}

type Seen = NodeState & { readonly isHovered: boolean; readonly isDragged: boolean };

function standsOut({ isHovered, isDragged, isSelected, isFocused, isOnPath }: Seen): boolean {
  return isHovered || isDragged || isSelected || isFocused || isOnPath;
}

function stepsBack(state: Seen, { hasNear, hasPath }: GraphState): boolean {
  return (hasNear || hasPath) && !standsOut(state) && !state.isNear;
}

/** How strong plain lines are: the more, the fainter each, so that what shows is where there are many. */
export function lineStrength(count: number, { hasNear, hasPath }: GraphState): number {
  const plain = Math.min(0.5, Math.max(0.08, 6 / Math.sqrt(count + 1)));
  return (hasNear || hasPath ? 0.35 : 1) * plain;
}
