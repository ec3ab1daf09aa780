import type { Citation } from "../neighbourhood.ts";
import type { Shape } from "../palette.ts";
import type { TimeScale } from "../time-layout.ts";

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
