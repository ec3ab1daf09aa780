import { formatRefList, parseRefList } from "../text/index.ts";

export const directions = ["BOTH", "REFERENCES", "CITED_BY"] as const;
export const layouts = ["time", "force"] as const;
export const colourings = ["category", "proof"] as const;
export const depthChoices = [0, 1, 2, 3] as const;
export const maxWorksChoices = [100, 300, 1000] as const;

export type Direction = (typeof directions)[number];
export type Layout = (typeof layouts)[number];
export type Colouring = (typeof colourings)[number];

/** A work that the user placed, and where, in layout units. */
export type Pin = { readonly ref: string; readonly x: number; readonly y: number };

/** The state of the graph page, stored in its URL. */
export type GraphParams = {
  /** The works whose neighbourhood is shown. */
  readonly roots: readonly string[];
  readonly direction: Direction;
  readonly depth: number;
  /** The maximum number of works before any is expanded. */
  readonly maxWorks: number;
  readonly layout: Layout;
  readonly colourBy: Colouring;
  readonly isTable: boolean;
  /** Works whose own neighbourhood is shown as well. */
  readonly expanded: readonly string[];
  /** The ends of the path that is shown. */
  readonly path: readonly [from: string, to: string] | null;
  readonly selected: readonly string[];
  readonly pins: readonly Pin[];
};

/** Changes the state in the URL. A step can be undone with the back button; pass false for selections and pins. */
export type UpdateParams = (change: Partial<GraphParams>, isStep?: boolean) => void;

export const defaultGraphParams: GraphParams = {
  roots: [],
  direction: "BOTH",
  depth: 1,
  maxWorks: 300,
  layout: "time",
  colourBy: "category",
  isTable: false,
  expanded: [],
  path: null,
  selected: [],
  pins: [],
};

/** The API's limit for `citationGraph(roots:)`. */
const maxRoots = 100;

/** Reads the state from a URL. Missing and invalid parameters get the values of `defaultGraphParams`. */
export function parseGraphParams(parameters: URLSearchParams): GraphParams {
  const list = (name: string) => parseRefList(parameters.getAll(name));
  const [from, to] = list("path");
  const roots = list("of").slice(0, maxRoots);
  return {
    roots,
    direction: oneOf(directions, parameters.get("direction")?.toUpperCase(), defaultGraphParams.direction),
    depth: oneOf(depthChoices, parseNumber(parameters.get("depth")), defaultGraphParams.depth),
    maxWorks: oneOf(maxWorksChoices, parseNumber(parameters.get("most")), defaultGraphParams.maxWorks),
    layout: oneOf(layouts, parameters.get("layout"), defaultGraphParams.layout),
    colourBy: oneOf(colourings, parameters.get("colour"), defaultGraphParams.colourBy),
    isTable: parameters.get("as") === "table",
    expanded: list("expand").slice(0, maxRoots - roots.length),
    path: from === undefined || to === undefined ? null : [from, to],
    selected: list("select"),
    pins: parameters.getAll("pin").flatMap(parsePin),
  };
}

/** The parameters that `parseGraphParams` reads. Defaults are left out. */
export function formatGraphParams(params: GraphParams): URLSearchParams {
  const parameters = new URLSearchParams();
  const setList = (name: string, refs: readonly string[]) => {
    if (refs.length > 0) parameters.set(name, formatRefList(refs));
  };
  const set = (name: string, value: string | number, otherwise: string | number) => {
    if (value !== otherwise) parameters.set(name, String(value).toLowerCase());
  };
  setList("of", params.roots);
  set("direction", params.direction, defaultGraphParams.direction);
  set("depth", params.depth, defaultGraphParams.depth);
  set("most", params.maxWorks, defaultGraphParams.maxWorks);
  set("layout", params.layout, defaultGraphParams.layout);
  set("colour", params.colourBy, defaultGraphParams.colourBy);
  if (params.isTable) parameters.set("as", "table");
  setList("expand", params.expanded);
  setList("path", params.path ?? []);
  setList("select", params.selected);
  for (const { ref, x, y } of params.pins) parameters.append("pin", `${round(x)},${round(y)},${ref}`);
  return parameters;
}

const pinPattern = /^(-?\d{1,6}(?:\.\d{1,2})?),(-?\d{1,6}(?:\.\d{1,2})?),(.+)$/s;

function parsePin(text: string): Pin[] {
  const [, x, y, ref] = pinPattern.exec(text) ?? [];
  return ref === undefined ? [] : [{ ref, x: Number(x), y: Number(y) }];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function parseNumber(text: string | null): number {
  return text === null || text === "" ? Number.NaN : Number(text);
}

function oneOf<Value>(values: readonly Value[], given: unknown, otherwise: Value): Value {
  return values.find((value) => value === given) ?? otherwise;
}
