import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { acceptsGzip, isNamedBy } from "./conditional.ts";

const compress = promisify(gzip);

/** Shorter texts travel as they are. Bytes. */
const leastToCompress = 1000;

export type MirrorDocument = {
  /** JSON. */
  readonly text: string;
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
  const { "accept-encoding": acceptEncoding, "if-none-match": ifNoneMatch } = request.headers;
  const identity = Buffer.from(text);
  const isGzip = identity.length >= leastToCompress && acceptsGzip(headerText(acceptEncoding));
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag",
    "cache-control": cacheControl,
    etag: tag(isGzip),
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  };
  // A body that nobody reads would keep the connection from its next request.
  request.resume();
  if (isNamedBy(headers.etag, ifNoneMatch)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const body = isGzip ? await compress(identity) : identity;
  response.writeHead(200, {
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    ...(isGzip ? { "content-encoding": "gzip" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function headerText(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(",") : header;
}
