import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { GoneError, sendAsRead } from "../send-as-read.ts";
import { acceptsGzip, isNamedBy } from "./conditional.ts";

const compress = promisify(gzip);

/** Longer documents are written in pieces of so many bytes. */
const pieceBytes = 64 * 1024;

/** Shorter texts travel as they are. Bytes. */
const leastToCompress = 1000;

export type MirrorDocument = {
  /** JSON in UTF-8; it may be shared. */
  readonly text: Buffer;
  /** The entity tag, given whether it must be weak: gzip's bytes are others. */
  readonly tag: (isGzip: boolean) => string;
  readonly cacheControl: string;
};

/** Sends JSON that a cache may keep: 304 where the client has it, gzip where it takes that, no body to HEAD. */
export async function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { text, tag, cacheControl }: MirrorDocument,
): Promise<void> {
  const isGzip = text.length >= leastToCompress && takesGzip(request);
  const headers = headersOf(tag(isGzip), cacheControl);
  if (isNamedBy(headers.etag, request.headers["if-none-match"])) {
    return answerUnchanged(request, response, headers);
  }
  // A body that nobody reads would keep the connection from its next request.
  request.resume();
  const body = isGzip ? await compress(text) : text;
  response.writeHead(200, {
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
  });
  if (request.method === "HEAD") response.end();
  else if (body.length <= pieceBytes) response.end(body);
  else await sendPieces(response, body);
}

/** No faster than it is read, so that a shared text stays one in memory. */
async function sendPieces(response: ServerResponse, body: Buffer): Promise<void> {
  try {
    await sendAsRead(response, piecesOf(body));
  } catch (error) {
    // A client that went away needs no answer.
    if (!(error instanceof GoneError)) throw error;
  }
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += pieceBytes) {
    yield body.subarray(start, start + pieceBytes);
  }
}

/** 304 for a document that the client is known to have, and that need not be made for that. */
export function sendUnchanged(
  request: IncomingMessage,
  response: ServerResponse,
  { tag, cacheControl }: Omit<MirrorDocument, "text">,
): void {
  answerUnchanged(request, response, headersOf(tag(takesGzip(request)), cacheControl));
}

function answerUnchanged(
  request: IncomingMessage,
  response: ServerResponse,
  headers: OutgoingHttpHeaders,
): void {
  request.resume();
  response.writeHead(304, headers);
  response.end();
}

function headersOf(etag: string, cacheControl: string) {
  return {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cache-control": cacheControl,
    etag,
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  };
}

function takesGzip({ headers }: IncomingMessage): boolean {
  return acceptsGzip(headerText(headers["accept-encoding"]));
}

function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(",") : header;
}
