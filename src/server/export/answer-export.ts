import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, clientCodeOf, type ErrorCode } from "../../api/errors.ts";
import { prepareLoaders } from "../../api/loaders/index.ts";
import { ExportCounts, withSnapshot } from "../../export/index.ts";
import type { Database } from "../../store/index.ts";
import { isNamedBy } from "../mirror/conditional.ts";
import { sendError } from "../responses.ts";
import { GoneError, sendAsRead } from "../send-as-read.ts";
import { exportTag, isMatched } from "./entity-tags.ts";
import { type ExportPath, requestedFile } from "./requested-file.ts";

export type AskedExport = {
  readonly path: ExportPath;
  readonly query: URLSearchParams;
};

const statuses: Partial<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  AMBIGUOUS_REF: 409,
  SET_CHANGED: 412,
};

/** Sends one export from one snapshot, no faster than it is read. */
export async function answerExport(
  database: Database,
  { path, query }: AskedExport,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  request.resume();
  try {
    await withSnapshot(database, async (snapshot) => {
      const file = await requestedFile(path, query, snapshot, prepareLoaders(database)());
      const { set } = snapshot;
      const tag = exportTag(set.version);
      const { "if-match": wanted, "if-none-match": known } = request.headers;
      if (wanted === undefined && query.has("after")) {
        throw new ApiError(
          "BAD_USER_INPUT",
          "To go on after a row, say what it was a row of: If-Match with the ETag that came with the first part. Else two " +
            "parts of different sets might be put together.",
        );
      }
      if (wanted !== undefined && !isMatched(tag, wanted)) {
        throw new ApiError(
          "SET_CHANGED",
          `The tables have changed: they are now the set ${set.version}. Export again from the beginning.`,
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
      if (known !== undefined && isNamedBy(tag, known)) {
        response.writeHead(304, headers).end();
        return;
      }
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
    // Who went away needs no answer, and broke nothing.
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
