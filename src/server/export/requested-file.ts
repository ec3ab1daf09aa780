import { ApiError, badUserInput, findCitable, type Loaders } from "../../api/index.ts";
import {
  type BibliographyFormat,
  bibliographyFile,
  type ExportFile,
  type GraphFormat,
  graphFiles,
  parseRowKey,
  readTable,
  type Snapshot,
  type TableFormat,
  type TableName,
  tableFile,
  tableFormats,
  tableNames,
} from "../../export/index.ts";

/** A path below `/export/` without its query. */
export type ExportPath =
  | { readonly kind: "table"; readonly table: TableName; readonly format: TableFormat }
  | { readonly kind: "graph"; readonly format: GraphFormat; readonly place: number }
  | { readonly kind: "bibliography"; readonly format: BibliographyFormat };

/** What each file name exports. */
export const exportPaths: ReadonlyMap<string, ExportPath> = new Map<string, ExportPath>([
  ...tableNames.flatMap((table) =>
    tableFormats.map((format) => [`${table}.${format}`, { kind: "table", table, format }] as const),
  ),
  ["graph.graphml", { kind: "graph", format: "graphml", place: 0 }],
  ["graph.net", { kind: "graph", format: "pajek", place: 0 }],
  ["vosviewer-map.txt", { kind: "graph", format: "vosviewer", place: 0 }],
  ["vosviewer-network.txt", { kind: "graph", format: "vosviewer", place: 1 }],
  ["papers.bib", { kind: "bibliography", format: "bibtex" }],
  ["papers.ris", { kind: "bibliography", format: "ris" }],
  ["papers.csl.json", { kind: "bibliography", format: "csl-json" }],
]);

const limits = { refs: 100, depth: 10, works: 100_000 } as const;
const usualWorks = 5_000;

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

const known = {
  table: ["after", "raw", "bom"],
  graph: ["ref", "depth", "direction", "maximum-works"],
  bibliography: ["ref", "category"],
} as const;

/**
 * The export that a request names, with its parameters read. Rejects with BAD_USER_INPUT if one is unknown or wrong,
 * with NOT_FOUND or AMBIGUOUS_REF for a ref that matches none or several.
 */
export async function requestedFile(
  path: ExportPath,
  query: URLSearchParams,
  { client }: Snapshot,
  loaders: Loaders,
): Promise<ExportFile> {
  const names: readonly string[] = known[path.kind];
  for (const name of new Set(query.keys())) {
    if (!names.includes(name)) {
      throw badUserInput(`Unknown parameter ${JSON.stringify(name)}. Known parameters: ${names.join(", ")}.`);
    }
    if (name !== "ref" && query.getAll(name).length > 1) {
      throw badUserInput(`\`${name}\` may be given once.`);
    }
  }
  if (path.kind === "table") {
    const after = query.get("after");
    const options = { raw: readFlag(query, "raw", path.format), bom: readFlag(query, "bom", path.format) };
    if (after === null) return tableFile(path.table, path.format, options);
    if (path.format === "parquet") {
      throw badUserInput("A Parquet file can't be continued after a row, only ndjson and csv.");
    }
    const table = await readTable(client, path.table);
    const key = parseRowKey(table, after);
    if (key !== null) return tableFile(path.table, path.format, { ...options, after: key });
    throw badUserInput(`\`after\` must be a JSON list of a row's ${table.key.join(" and ")}.`);
  }
  const refs = query.getAll("ref");
  if (refs.length > limits.refs) {
    throw badUserInput(`At most ${limits.refs} refs are allowed, not ${refs.length}.`);
  }
  if (path.kind === "bibliography") {
    const category = query.get("category");
    const found = await Promise.all(refs.map((ref) => findCitable(ref, loaders)));
    const citable = found.map((one, index) => given(one, refs[index] ?? "", "paper"));
    return bibliographyFile(path.format, {
      ...(refs.length === 0 ? {} : { refs: citable }),
      ...(category === null ? {} : { category: readCategory(category) }),
    });
  }
  const direction = query.get("direction") ?? "both";
  if (!Object.hasOwn(directions, direction)) {
    throw badUserInput(`\`direction\` must be ${Object.keys(directions).join(", ")}.`);
  }
  const depth = readNumber(query, "depth", 1, 0, limits.depth);
  const maximumWorks = readNumber(query, "maximum-works", usualWorks, 1, limits.works);
  const works = await Promise.all(refs.map((ref) => loaders.workByRef.load(ref)));
  const roots = works.map((work, index) => given(work, refs[index] ?? "", "work").workId);
  const neighbourhood =
    refs.length === 0
      ? null
      : { roots, depth, direction: directions[direction as keyof typeof directions], maximumWorks };
  return graphFiles(path.format, neighbourhood)[path.place] as ExportFile;
}

function given<Row>(row: Row | null, ref: string, noun: string): Row {
  if (row !== null) return row;
  throw new ApiError("NOT_FOUND", `No ${noun} matches ${JSON.stringify(ref.slice(0, 100))}.`);
}

function readCategory(text: string): string {
  if (!text.includes("\0") && text.isWellFormed() && text.length <= 200) return text;
  throw badUserInput("`category` must be a category like hep-th.");
}

/** Reads a boolean parameter, which only CSV has. */
function readFlag(query: URLSearchParams, name: string, format: TableFormat): boolean {
  const text = query.get(name);
  if (text === null) return false;
  if (format !== "csv") throw badUserInput(`\`${name}\` is an option of CSV only.`);
  if (text === "true" || text === "false") return text === "true";
  throw badUserInput(`\`${name}\` must be true or false.`);
}

function readNumber(
  query: URLSearchParams,
  name: string,
  usual: number,
  least: number,
  most: number,
): number {
  const text = query.get(name) ?? String(usual);
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw badUserInput(`\`${name}\` must be a whole number from ${least} to ${most}.`);
}
