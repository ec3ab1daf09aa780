import type { IncomingMessage, ServerResponse } from "node:http";
import { type ExportedSet, readTable, tableNames, withSnapshot } from "../../export/index.ts";
import type { Database } from "../../store/index.ts";
import { findSubmitter } from "../ingest/tokens.ts";
import { sendError, sendJson } from "../responses.ts";
import { answerExport } from "./answer-export.ts";
import { exportTag } from "./entity-tags.ts";
import type { ExportSettings } from "./export-settings.ts";
import { exportNames, readExportPath } from "./requested-file.ts";

const root = "/export";

/** Exports that run at a time: each keeps a connection, and a processor of the database busy. */
const mostExports = 2;

type Route = {
  readonly methods: readonly string[];
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
};

/** The routes below `/export`; undefined for any other path. */
export function createExportRoutes(
  database: Database,
  settings: ExportSettings,
): (path: string) => Route | undefined {
  const methods = ["GET", "HEAD"];
  let running = 0;

  const guarded =
    (answer: Route["answer"]): Route["answer"] =>
    async (request, response) => {
      if (!isAllowed(settings, request)) return refuse(settings, request, response);
      if (running >= mostExports) {
        return sendError(request, response, 429, {
          code: "RATE_LIMITED",
          message: `${mostExports} exports are running already. Ask again in a while.`,
          headers: { "retry-after": "10", "access-control-allow-origin": "*" },
        });
      }
      running++;
      try {
        await answer(request, response);
      } finally {
        running--;
      }
    };

  return (path) => {
    if (path === root) {
      return { methods, answer: guarded((request, response) => answerList(database, request, response)) };
    }
    const name = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
    const asked = name === null ? null : readExportPath(name);
    if (asked === null) return undefined;
    return {
      methods,
      answer: guarded((request, response) =>
        answerExport(database, { path: asked, query: queryOf(request) }, request, response),
      ),
    };
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
        ? "This mirror exports nothing over HTTP. Its operator sets PITH_GRAPH_EXPORT=public, or PITH_GRAPH_EXPORT_TOKENS."
        : "Exporting needs a token: Authorization: Bearer <token>.",
    headers: { "www-authenticate": 'Bearer realm="pith-graph"', "access-control-allow-origin": "*" },
  });
}

/** What can be exported, of which set, and what the columns mean. */
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
    files: exportNames.map(([name, format]) => ({ path: `${root}/${name}`, format })),
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
    etag: exportTag(set.version),
  });
}

function setOf({ version, changePosition, graphVersion, checksum }: ExportedSet): object {
  return { version, changePosition, graphVersion, checksum };
}

function queryOf({ url = "" }: IncomingMessage): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start + 1));
}
