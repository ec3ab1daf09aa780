import { readList, writeList } from "../text/index.ts";

export const directions = ["BOTH", "REFERENCES", "CITED_BY"] as const;
export const layouts = ["time", "force"] as const;
export const colourings = ["category", "proof"] as const;
export const depths = [0, 1, 2, 3] as const;
export const sizes = [100, 300, 1000] as const;

export type Direction = (typeof directions)[number];
export type Layout = (typeof layouts)[number];
export type Colouring = (typeof colourings)[number];

/** A work that stays where somebody put it; where, in the layout's own units. */
export type Pin = { readonly ref: string; readonly x: number; readonly y: number };

/** All that the graph page shows, as its address says it. */
export type GraphPlace = {
  /** The works whose surroundings are shown. */
  readonly of: readonly string[];
  readonly direction: Direction;
  readonly depth: number;
  /** How many works at most, before any is expanded. */
  readonly most: number;
  readonly layout: Layout;
  readonly colouring: Colouring;
  readonly isTable: boolean;
  /** Works whose own surroundings are shown as well. */
  readonly expanded: readonly string[];
  /** The two ends of the path that is shown. */
  readonly path: readonly [from: string, to: string] | null;
  readonly selected: readonly string[];
  readonly pins: readonly Pin[];
};

/** Changes what the page shows, by its address: a step that back undoes, unless it only marks something. */
export type ChangePlace = (change: Partial<GraphPlace>, isStep?: boolean) => void;

export const plainPlace: GraphPlace = {
  of: [],
  direction: "BOTH",
  depth: 1,
  most: 300,
  layout: "time",
  colouring: "category",
  isTable: false,
  expanded: [],
  path: null,
  selected: [],
  pins: [],
};

/** As many as one question may have roots. */
const mostRoots = 100;

/** Reads an address; what it says wrongly, or not at all, is as in `plainPlace`. */
export function readGraphPlace(parameters: URLSearchParams): GraphPlace {
  const list = (name: string) => readList(parameters.getAll(name));
  const [from, to] = list("path");
  const of = list("of").slice(0, mostRoots);
  return {
    of,
    direction: oneOf(directions, parameters.get("direction")?.toUpperCase(), plainPlace.direction),
    depth: oneOf(depths, number(parameters.get("depth")), plainPlace.depth),
    most: oneOf(sizes, number(parameters.get("most")), plainPlace.most),
    layout: oneOf(layouts, parameters.get("layout"), plainPlace.layout),
    colouring: oneOf(colourings, parameters.get("colour"), plainPlace.colouring),
    isTable: parameters.get("as") === "table",
    expanded: list("expand").slice(0, mostRoots - of.length),
    path: from === undefined || to === undefined ? null : [from, to],
    selected: list("select"),
    pins: parameters.getAll("pin").flatMap(readPin),
  };
}

/** The parameters that `readGraphPlace` reads this place from; what is plain is left out. */
export function writeGraphPlace(place: GraphPlace): URLSearchParams {
  const parameters = new URLSearchParams();
  const list = (name: string, refs: readonly string[]) => {
    if (refs.length > 0) parameters.set(name, writeList(refs));
  };
  const plain = (name: string, value: string | number, otherwise: string | number) => {
    if (value !== otherwise) parameters.set(name, String(value).toLowerCase());
  };
  list("of", place.of);
  plain("direction", place.direction, plainPlace.direction);
  plain("depth", place.depth, plainPlace.depth);
  plain("most", place.most, plainPlace.most);
  plain("layout", place.layout, plainPlace.layout);
  plain("colour", place.colouring, plainPlace.colouring);
  if (place.isTable) parameters.set("as", "table");
  list("expand", place.expanded);
  list("path", place.path ?? []);
  list("select", place.selected);
  for (const { ref, x, y } of place.pins) parameters.append("pin", `${round(x)},${round(y)},${ref}`);
  return parameters;
}

const pinForm = /^(-?\d{1,6}(?:\.\d{1,2})?),(-?\d{1,6}(?:\.\d{1,2})?),(.+)$/s;

function readPin(text: string): Pin[] {
  const [, x, y, ref] = pinForm.exec(text) ?? [];
  return ref === undefined ? [] : [{ ref, x: Number(x), y: Number(y) }];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function number(text: string | null): number {
  return text === null || text === "" ? Number.NaN : Number(text);
}

function oneOf<Value>(values: readonly Value[], given: unknown, otherwise: Value): Value {
  return values.find((value) => value === given) ?? otherwise;
}
