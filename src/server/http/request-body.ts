import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { ErrorCode } from "../../api/index.ts";
import { gunzipped } from "../../ingest/index.ts";

/** A body was not read completely; the message says why. */
export class BodyError extends Error {
  override readonly name: string = "BodyError";
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: number, code: ErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A body was not read completely; the rest may be sent later. */
export class RetryLaterError extends BodyError {
  override readonly name = "RetryLaterError";
  readonly seconds: number;

  constructor(status: number, code: ErrorCode, message: string, seconds: number) {
    super(status, code, message);
    this.seconds = seconds;
  }
}

export function tooLarge(what: string, maximumBytes: number): BodyError {
  return new BodyError(413, "TOO_LARGE", `${what} is larger than ${maximumBytes} bytes, the maximum.`);
}

/**
 * The bytes of a request in chunks. Gzip is unpacked, with or without a header that declares it. Reads no faster than
 * its consumer. Throws BodyError if there is more than allowed, or if it cannot be unpacked.
 */
export async function* readBodyChunks(
  request: IncomingMessage,
  maximumBytes: number,
): AsyncGenerator<Buffer> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const isDeclaredGzip = encoding === "gzip" || encoding === "x-gzip";
  if (!isDeclaredGzip && encoding !== "identity") {
    throw new BodyError(415, "BAD_USER_INPUT", "The only supported Content-Encoding is gzip.");
  }
  // After reading stops, the connection must still carry the answer.
  const chunks: AsyncIterableIterator<Buffer> = (request as Readable).iterator({ destroyOnReturn: false });
  const { isGzip, bytes } = await gunzipped(chunks);
  if (isDeclaredGzip && !isGzip) {
    await chunks.return?.();
    throw new BodyError(400, "BAD_USER_INPUT", "The body is not in gzip format.");
  }
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > maximumBytes) throw tooLarge("The request's body", maximumBytes);
      yield chunk;
    }
  } catch (error) {
    if (isGzip && (error as NodeJS.ErrnoException).code?.startsWith("Z_")) {
      throw new BodyError(400, "BAD_USER_INPUT", "The body is not in gzip format, or truncated.");
    }
    throw error;
  }
}

/**
 * The complete body of a request as UTF-8 text; null if the client left before its end. Rejects with a BodyError as
 * soon as it exceeds the limit, if it has another encoding, and if it is not UTF-8: invalid bytes would become U+FFFD,
 * and a query would be answered that was never sent.
 */
export async function readBodyText(request: IncomingMessage, maximumBytes: number): Promise<string | null> {
  const { headers } = request;
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers["content-type"] ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    const message = `The charset must be utf-8, not ${JSON.stringify(charset.slice(0, 40))}.`;
    throw new BodyError(415, "BAD_USER_INPUT", message);
  }
  if ((headers["content-encoding"] ?? "identity") !== "identity") {
    throw new BodyError(415, "BAD_USER_INPUT", "The body must be sent without a Content-Encoding.");
  }
  const body = await readCompletely(request, maximumBytes);
  if (body === null) return null;
  if (isUtf8(body)) return body.toString();
  const message = "The body is not valid UTF-8.";
  throw new BodyError(400, "BAD_USER_INPUT", message);
}

/** Discards the rest of a body that is too large. */
function readCompletely(request: IncomingMessage, maximumBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = Number(request.headers["content-length"] ?? 0) > maximumBytes ? Number.POSITIVE_INFINITY : 0;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maximumBytes) chunks.push(chunk);
      else refuse();
    };
    const refuse = () => {
      request.off("data", onData);
      chunks.length = 0;
      reject(
        new BodyError(413, "TOO_LARGE", `The request is larger than ${maximumBytes} bytes, the maximum.`),
      );
    };
    if (bytes > maximumBytes) return refuse();
    request.on("data", onData);
    request.once("end", () =>
      resolve(chunks[0] !== undefined && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
    );
    request.once("close", () => resolve(null));
    request.once("error", () => resolve(null));
  });
}

/** Whether the percent-encoded bytes of a URL are UTF-8. */
export function isUtf8Address(url: string): boolean {
  for (const [bytes] of url.matchAll(/(?:%[89a-f][\da-f])+/gi)) {
    if (!isUtf8(Buffer.from(bytes.replaceAll("%", ""), "hex"))) return false;
  }
  return true;
}

/** Milliseconds for which the rest of a body is still read, so that the client can read the answer. */
const discardMilliseconds = 5_000;

/** For an answer that is sent before the body was read: discards the rest of the body. */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), discardMilliseconds).unref();
  request.once("close", () => clearTimeout(timer));
}
