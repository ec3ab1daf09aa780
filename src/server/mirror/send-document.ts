import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { acceptedEncoding, sendUnmodified } from "../http/index.ts";
import { GoneError, sendAsRead, sendError } from "../responses.ts";

const compress = promisify(gzip);

/** Bytes of a piece; longer documents are written in several. */
const pieceBytes = 64 * 1024;

/** Bytes; shorter texts are sent uncompressed. */
const leastToCompress = 1000;

type MirrorDocument = {
  /** JSON in UTF-8; the buffer may be shared. */
  readonly text: Buffer;
  /** The entity tag: weak if gzipped, since its bytes differ. */
  readonly tag: (isGzip: boolean) => string;
  readonly cacheControl: string;
};

/** Sends JSON that a cache may store: 304 if the client has it, gzip if it accepts that, no body for HEAD. */
export async function sendDocument(
  request: IncomingMessage,
  response: ServerResponse,
  { text, tag, cacheControl }: MirrorDocument,
): Promise<void> {
  const isGzip = text.length >= leastToCompress && acceptsGzip(request);
  const headers = headersOf(tag(isGzip), cacheControl);
  if (sendUnmodified(request, response, headers.etag, headers)) return;
  // An unread body would block the next request on the connection.
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

/** Writes no faster than the client reads, so that a shared text is not copied in memory. */
async function sendPieces(response: ServerResponse, body: Buffer): Promise<void> {
  try {
    await sendAsRead(response, piecesOf(body));
  } catch (error) {
    // A client that disconnected needs no answer.
    if (!(error instanceof GoneError)) throw error;
  }
}

function* piecesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += pieceBytes) {
    yield body.subarray(start, start + pieceBytes);
  }
}

/** Answers 304 if the client already has the document, so that it need not be made; else returns false. */
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

/** For content that changes with the paper: caches revalidate each time, and get 304 while it is the same. */
export const revalidated = "no-cache";

/** Headers of answers that pages of other origins may read as well. */
export const openHeaders = { "access-control-allow-origin": "*", "cache-control": revalidated };

export function refuse(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 400, { code: "BAD_USER_INPUT", message, headers: openHeaders });
}

export function notFound(request: IncomingMessage, response: ServerResponse, message: string): void {
  sendError(request, response, 404, { code: "NOT_FOUND", message, headers: openHeaders });
}
