import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sendUnmodified } from "../http/conditional.ts";
import { acceptedEncoding } from "../http/negotiation.ts";
import { GoneError, sendAsRead, sendError } from "../responses.ts";

const compress = promisify(gzip);

/** Longer documents are written in pieces of so many bytes. */
const pieceBytes = 64 * 1024;

/** Shorter texts travel as they are. Bytes. */
const leastToCompress = 1000;

type MirrorDocument = {
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
  const isGzip = text.length >= leastToCompress && acceptsGzip(request);
  const headers = headersOf(tag(isGzip), cacheControl);
  if (sendUnmodified(request, response, headers.etag, headers)) return;
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

/** The same for a client that is known to have the document, which need not be made for that; false for any other. */
export function sendUnchanged(
  request: IncomingMessage,
  response: ServerResponse,
  { tag, cacheControl }: Omit<MirrorDocument, "text">,
): boolean {
  const headers = headersOf(tag(acceptsGzip(request)), cacheControl);
  return sendUnmodified(request, response, headers.etag, headers);
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

function acceptsGzip(request: IncomingMessage): boolean {
  return acceptedEncoding(request, ["gzip"]) === "gzip";
}

/** What changes with the paper: caches ask each time, and are answered 304 while it is the same. */
export const revalidated = "no-cache";

/** Of answers that pages of other origins may read as well. */
export const openHeaders = { "access-control-allow-origin": "*", "cache-control": revalidated };

export function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 400, { code: "BAD_USER_INPUT", message, headers: openHeaders });
}

export function notFound(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 404, { code: "NOT_FOUND", message, headers: openHeaders });
}
