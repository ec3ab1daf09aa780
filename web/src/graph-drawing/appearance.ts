import type { StylesDeclaration } from "sigma/types";
import type { Citation, Shape, TimeScale } from "../graph/index.ts";
import type { ThemeTokens } from "../theme/index.ts";

/** What a picture is made of: works where they stand, and citations between them. */
export type Scene = {
  readonly works: readonly SceneWork[];
  readonly citations: readonly Citation[];
  /** The time axis; null where the layout has none. */
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
  /** What is written beside it: short, on one line. */
  readonly label: string;
  /** Whether its label is always shown: starting points, and every work of a small graph. */
  readonly isAlwaysLabelled: boolean;
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
  isAlwaysLabelled: boolean;
  /** On which side its name stands. */
  labelPosition: "left" | "right";
};
export type NodeState = {
  /** The pointer is at it. Not sigma's own `isHovered`: sigma resets that whenever it looks for what is below the pointer. */
  isUnderPointer: boolean;
  isSelected: boolean;
  isPinned: boolean;
  isFocused: boolean;
  isOnPath: boolean;
  /** Beside the work that is pointed at, or in focus. */
  isAdjacent: boolean;
};
/** Whether anything stands out: the rest then steps back. */
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

/** What sigma knows of works, by their states: where they stand, and their names. The look may change. */
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

/** Names of works on a path stand above them: beside them they would lie upon the path, and hide its arrows. */
export function labelSide(side: "left" | "right", isOnPath: boolean): LabelSide {
  return isOnPath ? "above" : side;
}

/** A work's state with what sigma has of its own. */
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

/** How strong plain lines are: the more, the fainter each, so that what shows is where there are many. */
export function lineOpacity(count: number, { hasActiveWork, hasPath }: GraphState): number {
  const plain = Math.min(0.5, Math.max(0.08, 6 / Math.sqrt(count + 1)));
  return (hasActiveWork || hasPath ? 0.35 : 1) * plain;
}

/** How a work is drawn. Colours are `#rrggbb`. */
export type WorkAppearance = {
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
  readonly isHighlighted: boolean;
};

/** How a work looks now, by its state and the graph's. */
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

/** What surrounds a work that is marked. */
function ringStyle(
  state: FullNodeState,
  tokens: ThemeTokens,
): { readonly width: number; readonly colour: string } | null {
  if (state.isFocused) return { width: 3, colour: tokens.focus };
  if (state.isSelected) return { width: 2.5, colour: tokens.accent };
  if (state.isUnderPointer || state.isDragged || state.isPinned) return { width: 1.5, colour: tokens.soft };
  return null;
}

/** What is drawn of a work, but for where. */
export function nodeAttributes({
  radius,
  colour,
  shape,
  label,
  isAlwaysLabelled,
}: SceneWork): Omit<NodeAttributes, "x" | "y" | "labelPosition"> {
  return { size: radius, color: colour, shape, label, isAlwaysLabelled };
}

/** Names stand to the right, but of the works furthest right to the left: there they would not be seen whole. */
export function labelSides(works: readonly SceneWork[]): (work: SceneWork) => "left" | "right" {
  const least = works.reduce((x, work) => Math.min(x, work.x), Number.POSITIVE_INFINITY);
  const most = works.reduce((x, work) => Math.max(x, work.x), Number.NEGATIVE_INFINITY);
  const border = least + 0.8 * (most - least);
  return ({ x }) => (x > border && most > least ? "left" : "right");
}
