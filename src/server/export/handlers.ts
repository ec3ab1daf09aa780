import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, clientCodeOf, type ErrorCode, prepareLoaders } from "../../api/index.ts";
import type { ExportSettings } from "../../config/index.ts";
import { ExportCounts, type ExportedSet, readTable, tableNames, withSnapshot } from "../../export/index.ts";
import { softwareVersion } from "../../runtime/index.ts";
import type { Database } from "../../store/index.ts";
import { isMatched, queryOf, type Route, sendUnmodified, strongTag } from "../http/index.ts";
import { findSubmitter } from "../ingest/index.ts";
import { GoneError, sendAsRead, sendError, sendJson } from "../responses.ts";
import { type ExportPath, exportPaths, requestedFile } from "./requested-file.ts";

/** Exports that run at a time: each occupies a connection, and a processor of the database server. */
const maxExports = 2;

/** No one may export. */
export const noExports: ExportSettings = { isPublic: false, tokens: [] };

type Handle = Route["handle"];

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
    headers: { "www-authenticate": 'Bearer realm="pith-graph"', "access-control-allow-origin": "*" },
  });
}

/** Lists the available exports, the version of the data, and what the columns mean. */
async function answerList(
  database: Database,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { set, tables } = await withSnapshot(database, async (snapshot) => {
    const read = [];
    for (const name of tableNames) read.push(await readTable(snapshot.client, name));
    return { set: snapshot.set, tables: read };
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
      const wanted = request.headers["if-match"];
      if (wanted === undefined && query.has("after")) {
        throw new ApiError(
          "BAD_USER_INPUT",
          "To continue after a row, send If-Match with the ETag of the first part: parts of different data sets don't fit together.",
        );
      }
      if (wanted !== undefined && !isMatched(tag, wanted)) {
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
    if (error instanceof GoneError) return;
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
