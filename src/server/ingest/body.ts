import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ErrorCode } from "../../api/errors.ts";

/** Why a body was not read to its end. */
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

/** Why a body was not read to its end, where the rest may be sent later. */
export class RetryLaterError extends BodyError {
  override readonly name = "RetryLaterError";
  readonly seconds: number;

  constructor(status: number, code: ErrorCode, message: string, seconds: number) {
    super(status, code, message);
    this.seconds = seconds;
  }
}

export function tooLarge(what: string, most: number): BodyError {
  return new BodyError(413, "TOO_LARGE", `${what} is larger than the ${most} bytes allowed.`);
}

/**
 * The bytes of a request, unpacked where they are gzip, whether a header says so or not: no JSON begins like gzip.
 * Reads no faster than it is read from. Throws BodyError where there is more than allowed, or where it cannot be unpacked.
 */
export async function* readBody(request: IncomingMessage, maximumBytes: number): AsyncGenerator<Buffer> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const saysGzip = encoding === "gzip" || encoding === "x-gzip";
  if (!saysGzip && encoding !== "identity") {
    throw new BodyError(415, "BAD_USER_INPUT", "The only Content-Encoding taken here is gzip.");
  }
  // Once no more is read, the connection must still carry the answer.
  const chunks = (request as Readable).iterator({ destroyOnReturn: false });
  const first = await chunks.next();
  const start: Buffer = first.done ? Buffer.alloc(0) : first.value;
  const rest = (async function* () {
    yield start;
    yield* chunks as AsyncIterable<Buffer>;
  })();
  const isGzip = start[0] === 0x1f && (start.length < 2 || start[1] === 0x8b);
  if (saysGzip && !isGzip) {
    await chunks.return?.();
    throw new BodyError(400, "BAD_USER_INPUT", "The body is not in gzip format.");
  }
  // Errors come out of the iteration below.
  const unpacked = isGzip ? pipeline(rest, createGunzip(), () => {}) : rest;
  let size = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maximumBytes) throw tooLarge("The request's body", maximumBytes);
      yield chunk;
    }
  } catch (error) {
    if (isGzip && (error as NodeJS.ErrnoException).code?.startsWith("Z_")) {
      throw new BodyError(400, "BAD_USER_INPUT", "The body is not in gzip format, or is cut off.");
    }
    throw error;
  }
}

/** Milliseconds that a client which sends on is listened to, so that it can read the answer. */
const lingering = 5_000;

/** For an answer that is given before the body was read: what else comes is let go. */
export function letGo(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), lingering).unref();
  request.once("close", () => clearTimeout(timer));
}
