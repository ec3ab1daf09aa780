import type { IncomingMessage, ServerResponse } from "node:http";
import {
  ApiError,
  badUserInput,
  clientCodeOf,
  type ErrorCode,
  findCitable,
  type Loaders,
  prepareLoaders,
  workColumns,
} from "../api/index.ts";
import type { ExportSettings } from "../config/index.ts";
import {
  type BibliographyFormat,
  bibliographyFile,
  ExportCounts,
  type ExportedSet,
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
  withSnapshot,
} from "../export/index.ts";
import { softwareVersion } from "../runtime/index.ts";
import type { Database } from "../store/index.ts";
import {
  bearerChallenge,
  ClientDisconnectedError,
  findSubmitter,
  matchesIfMatch,
  queryOf,
  type Route,
  sendAsRead,
  sendError,
  sendJson,
  sendUnmodified,
  strongTag,
} from "./http/index.ts";

/** Exports that run at a time: each occupies a connection, and a processor of the database server. */
const maxExports = 2;

/** No one may export. */
export const noExports: ExportSettings = { isPublic: false, tokens: [] };

type Handle = Route["handle"];

/** A path below `/export/` without its query. */
type ExportPath =
  | { readonly kind: "table"; readonly table: TableName; readonly format: TableFormat }
  | { readonly kind: "graph"; readonly format: GraphFormat; readonly index: number }
  | { readonly kind: "bibliography"; readonly format: BibliographyFormat };

/** What each file name exports. */
const exportPaths: ReadonlyMap<string, ExportPath> = new Map<string, ExportPath>([
  ...tableNames.flatMap((table) =>
    tableFormats.map((format) => [`${table}.${format}`, { kind: "table", table, format }] as const),
  ),
  ["graph.graphml", { kind: "graph", format: "graphml", index: 0 }],
  ["graph.net", { kind: "graph", format: "pajek", index: 0 }],
  ["vosviewer-map.txt", { kind: "graph", format: "vosviewer", index: 0 }],
  ["vosviewer-network.txt", { kind: "graph", format: "vosviewer", index: 1 }],
  ["papers.bib", { kind: "bibliography", format: "bibtex" }],
  ["papers.ris", { kind: "bibliography", format: "ris" }],
  ["papers.csl.json", { kind: "bibliography", format: "csl-json" }],
]);

/** The paths of all files. */
export const exportFilePattern = new RegExp(
  `^/export/(${[...exportPaths.keys()].join("|").replaceAll(".", "\\.")})$`,
);

/** Below `/export`: the list of files, and a file by the name that the path captures. */
export function createExportHandlers(
  database: Database,
  settings: ExportSettings,
): { readonly list: Handle; readonly file: Handle } {
  let running = 0;
  const guarded =
    (answer: Handle): Handle =>
    async (request, response, captured) => {
      if (!isAllowed(settings, request)) return refuse(settings, request, response);
      if (running >= maxExports) {
        return sendError(request, response, 429, {
          code: "RATE_LIMITED",
          message: `${maxExports} exports are already running, the maximum. Try again later.`,
          headers: { "retry-after": "10", "access-control-allow-origin": "*" },
        });
      }
      running++;
      try {
        await answer(request, response, captured);
      } finally {
        running--;
      }
    };
  return {
    list: guarded((request, response) => answerList(database, request, response)),
    // The route's pattern admits no other name.
    file: guarded((request, response, [name = ""]) =>
      answerExport(database, exportPaths.get(name) as ExportPath, request, response),
    ),
  };
}

function isAllowed({ isPublic, tokens }: ExportSettings, { headers }: IncomingMessage): boolean {
  return isPublic || findSubmitter(tokens, headers.authorization) !== null;
}

function refuse({ tokens }: ExportSettings, request: IncomingMessage, response: ServerResponse): void {
  sendError(request, response, 401, {
    code: "UNAUTHENTICATED",
    message:
      tokens.length === 0
        ? "Exports over HTTP are disabled. The operator can set PITH_GRAPH_EXPORT=public or PITH_GRAPH_EXPORT_TOKENS."
        : "Exports need a token: Authorization: Bearer <token>.",
    headers: { ...bearerChallenge, "access-control-allow-origin": "*" },
  });
}

/** Lists the available exports, the version of the data, and what the columns mean. */
async function answerList(
  database: Database,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { set, tables } = await withSnapshot(database, async (snapshot) => {
    const described = [];
    for (const name of tableNames) described.push(await readTable(snapshot.client, name));
    return { set: snapshot.set, tables: described };
  });
  const list = {
    set: setOf(set),
    files: [...exportPaths].map(([name, { format }]) => ({ path: `/export/${name}`, format })),
    tables: tables.map(({ name, description, key, columns }) => ({
      name,
      description,
      key,
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type,
        description: column.description,
      })),
    })),
  };
  sendJson(request, response, 200, list, {
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    etag: tagOf(set),
  });
}

function setOf({ version, changePosition, graphVersion, checksum }: ExportedSet): object {
  return { version, changePosition, graphVersion, checksum };
}

/**
 * The strong entity tag of an export: its bytes follow from the data's version and the software's. The tag is per URL;
 * other URLs have other bytes under the same tag.
 */
function tagOf({ version }: ExportedSet): string {
  return strongTag(`${version}-${softwareVersion}`);
}

const statuses: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  AMBIGUOUS_REF: 409,
  SET_CHANGED: 412,
};

/** Sends one export from one snapshot, no faster than it is read. */
async function answerExport(
  database: Database,
  path: ExportPath,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  const query = queryOf(request);
  try {
    await withSnapshot(database, async (snapshot) => {
      const file = await requestedFile(path, query, snapshot, prepareLoaders(database)());
      const { set } = snapshot;
      const tag = tagOf(set);
      const ifMatch = request.headers["if-match"];
      if (ifMatch === undefined && query.has("after")) {
        throw new ApiError(
          "BAD_USER_INPUT",
          "To continue after a row, send If-Match with the ETag of the first part: parts of different data sets don't fit together.",
        );
      }
      if (ifMatch !== undefined && !matchesIfMatch(tag, ifMatch)) {
        throw new ApiError(
          "SET_CHANGED",
          `The tables have changed: this is now data set ${set.version}. Export again from the beginning.`,
        );
      }
      const headers = {
        etag: tag,
        "cache-control": "no-cache",
        "access-control-allow-origin": "*",
        "access-control-expose-headers":
          "etag, x-pith-graph-set, x-pith-graph-version, x-pith-graph-checksum",
        "x-pith-graph-set": set.version,
        "x-pith-graph-version": set.graphVersion,
        "x-pith-graph-checksum": set.checksum,
      };
      if (sendUnmodified(request, response, tag, headers)) return;
      response.writeHead(200, {
        ...headers,
        "content-type": `${file.mediaType}${file.format === "parquet" ? "" : "; charset=utf-8"}`,
        "content-disposition": `attachment; filename="${file.name}"`,
        "x-content-type-options": "nosniff",
      });
      if (request.method === "HEAD") {
        response.end();
        return;
      }
      await sendAsRead(response, file.write(snapshot, new ExportCounts()));
    });
  } catch (error) {
    // A client that disconnected needs no answer, and nothing failed.
    if (error instanceof ClientDisconnectedError) return;
    const code = clientCodeOf(error);
    const status = code === null ? undefined : statuses[code];
    if (code === null || status === undefined || response.headersSent) throw error;
    sendError(request, response, status, {
      code,
      message: (error as Error).message,
      headers: { "access-control-allow-origin": "*", "cache-control": "no-cache" },
    });
  }
}

const limits = { refs: 100, depth: 10, works: 100_000 } as const;
const defaultWorks = 5_000;

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

const parameters = {
  table: ["after", "raw", "bom"],
  graph: ["ref", "depth", "direction", "maximum-works"],
  bibliography: ["ref", "category"],
} as const;

/**
 * The export that a request names, with its parameters read. Rejects with BAD_USER_INPUT if one is unknown or wrong,
 * with NOT_FOUND or AMBIGUOUS_REF for a ref that matches none or several.
 */
async function requestedFile(
  path: ExportPath,
  query: URLSearchParams,
  { client }: Snapshot,
  loaders: Loaders,
): Promise<ExportFile> {
  const names: readonly string[] = parameters[path.kind];
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
    const citable = found.map((one, index) => foundOrThrow(one, refs[index] ?? "", "paper"));
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
  const maximumWorks = readNumber(query, "maximum-works", defaultWorks, 1, limits.works);
  const works = await Promise.all(refs.map((ref) => loaders.workByRef(ref, workColumns.key)));
  const roots = works.map((work, index) => foundOrThrow(work, refs[index] ?? "", "work").workId);
  const neighbourhood =
    refs.length === 0
      ? null
      : { roots, depth, direction: directions[direction as keyof typeof directions], maximumWorks };
  return graphFiles(path.format, neighbourhood)[path.index] as ExportFile;
}

function foundOrThrow<Row>(row: Row | null, ref: string, noun: string): Row {
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
  defaultValue: number,
  min: number,
  max: number,
): number {
  const text = query.get(name) ?? String(defaultValue);
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= min && value <= max) return value;
  throw badUserInput(`\`${name}\` must be a whole number from ${min} to ${max}.`);
}
