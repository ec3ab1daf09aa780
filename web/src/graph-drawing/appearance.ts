import type { StylesDeclaration } from "sigma/types";
import type { Citation, Shape, TimeScale } from "../graph/index.ts";
import type { ThemeTokens } from "../theme/index.ts";

/** The content of a picture: works with their positions, and citations between them. */
export type Scene = {
  readonly works: readonly SceneWork[];
  readonly citations: readonly Citation[];
  /** The time axis; null if the layout has none. */
  readonly scale: TimeScale | null;
};

export type SceneWork = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: string;
  readonly shape: Shape;
  readonly name: string;
  /** The text beside the work: short, on one line. */
  readonly label: string;
  /** Whether the label is always shown: for roots, and for all works of a small graph. */
  readonly isAlwaysLabelled: boolean;
};

/** The works and citations to highlight. */
export type Marks = {
  readonly selected: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
  /** The work that has the keyboard focus. */
  readonly focused: string | null;
  /** The works on the path, and the keys of its citations (`citationKey`). */
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
  isAlwaysLabelled: boolean;
  /** The side of the node on which its label is drawn. */
  labelPosition: "left" | "right";
};
export type NodeState = {
  /** Not sigma's `isHovered`, which sigma resets whenever it looks up the node below the pointer. */
  isUnderPointer: boolean;
  isSelected: boolean;
  isPinned: boolean;
  isFocused: boolean;
  isOnPath: boolean;
  /** Next to the work that is hovered or focused. */
  isAdjacent: boolean;
};
/** Whether a work is hovered or focused, and whether a path is shown: everything else is then dimmed. */
export type GraphState = { hasActiveWork: boolean; hasPath: boolean };

export const defaultNodeState: NodeState = {
  isUnderPointer: false,
  isSelected: false,
  isPinned: false,
  isFocused: false,
  isOnPath: false,
  isAdjacent: false,
};
export const defaultGraphState: GraphState = { hasActiveWork: false, hasPath: false };

type Styles = StylesDeclaration<NodeAttributes, Record<string, unknown>, NodeState, object, GraphState>;

/** Sigma's node styles: positions and labels. Reads the tokens at each render, since the theme may change. */
export function createStyles(tokens: () => ThemeTokens): Styles {
  return {
    nodes: {
      x: { attribute: "x" },
      y: { attribute: "y" },
      label: { attribute: "label" },
      size: nodeSize,
      labelVisibility: ({ isAlwaysLabelled }, state, graph) =>
        isAlwaysLabelled || isHighlighted(state) ? "visible" : isDimmed(state, graph) ? "hidden" : "auto",
      labelColor: () => tokens().text,
      labelPosition: ({ labelPosition }, { isOnPath }) => labelSide(labelPosition, isOnPath),
      labelDepth: "topNodes",
      labelBackgroundColor: () => `${tokens().raised}c8`,
      labelBackgroundPadding: 1,
    },
  };
}

export function nodeSize(
  { size }: NodeAttributes,
  { isUnderPointer, isDragged, isFocused }: FullNodeState,
): number {
  return isUnderPointer || isDragged || isFocused ? size + 1.5 : size;
}

/** Labels on a path are above their works: at their side they would cover the path's arrows. */
export function labelSide(side: "left" | "right", isOnPath: boolean): LabelSide {
  return isOnPath ? "above" : side;
}

/** A work's state together with sigma's own. */
export type FullNodeState = NodeState & { readonly isDragged: boolean };

export function isHighlighted({
  isUnderPointer,
  isDragged,
  isSelected,
  isFocused,
  isOnPath,
}: FullNodeState): boolean {
  return isUnderPointer || isDragged || isSelected || isFocused || isOnPath;
}

export function isDimmed(state: FullNodeState, { hasActiveWork, hasPath }: GraphState): boolean {
  return (hasActiveWork || hasPath) && !isHighlighted(state) && !state.isAdjacent;
}

/** The opacity of plain lines: the more lines, the fainter each, so that dense areas stand out. */
export function lineOpacity(count: number, { hasActiveWork, hasPath }: GraphState): number {
  const plain = Math.min(0.5, Math.max(0.08, 6 / Math.sqrt(count + 1)));
  return (hasActiveWork || hasPath ? 0.35 : 1) * plain;
}

/** How to draw a work. Colours are `#rrggbb`. */
export type WorkAppearance = {
  /** Before zooming. The gap and the ring around it do not scale with the zoom. */
  readonly radius: number;
  readonly gap: number;
  readonly ring: number;
  readonly shape: Shape;
  readonly colour: string;
  /** The colour of the gap. */
  readonly groundColour: string;
  readonly ringColour: string;
  /** From 0 to 1. */
  readonly opacity: number;
  /** Whether it is drawn above others. */
  readonly isHighlighted: boolean;
};

/** The appearance of a work in its state. */
export function workAppearance(
  work: NodeAttributes,
  state: FullNodeState,
  graph: GraphState,
  tokens: ThemeTokens,
): WorkAppearance {
  const ring = ringStyle(state, tokens);
  return {
    radius: nodeSize(work, state),
    gap: ring === null ? 0 : 1,
    ring: ring?.width ?? 0,
    shape: work.shape,
    colour: work.color,
    groundColour: ring === null ? work.color : state.isSelected ? tokens.accentSoft : tokens.raised,
    ringColour: ring?.colour ?? work.color,
    opacity: isDimmed(state, graph) ? (graph.hasActiveWork ? 0.22 : 0.5) : 1,
    isHighlighted: isHighlighted(state),
  };
}

/** The ring around a marked work; null if it has none. */
function ringStyle(
  state: FullNodeState,
  tokens: ThemeTokens,
): { readonly width: number; readonly colour: string } | null {
  if (state.isFocused) return { width: 3, colour: tokens.focus };
  if (state.isSelected) return { width: 2.5, colour: tokens.accent };
  if (state.isUnderPointer || state.isDragged || state.isPinned) return { width: 1.5, colour: tokens.soft };
  return null;
}

/** The attributes of a node without its position. */
export function nodeAttributes({
  radius,
  colour,
  shape,
  label,
  isAlwaysLabelled,
}: SceneWork): Omit<NodeAttributes, "x" | "y" | "labelPosition"> {
  return { size: radius, color: colour, shape, label, isAlwaysLabelled };
}

/** Labels are on the right of their works, except in the rightmost fifth, where they would be cut off. */
export function labelSides(works: readonly SceneWork[]): (work: SceneWork) => "left" | "right" {
  const minX = works.reduce((x, work) => Math.min(x, work.x), Number.POSITIVE_INFINITY);
  const maxX = works.reduce((x, work) => Math.max(x, work.x), Number.NEGATIVE_INFINITY);
  const border = minX + 0.8 * (maxX - minX);
  return ({ x }) => (x > border && maxX > minX ? "left" : "right");
}
