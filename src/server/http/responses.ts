import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type ErrorCode, retryAfterSeconds } from "../../api/index.ts";
import { isServerFault } from "../../store/index.ts";

/** Sends a complete body; for a HEAD request only its headers. */
export function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
  // An unread body would block the next request on the connection.
  request.resume();
}

/** Sends a text whose type a browser must not guess from its content. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  { type, text, headers }: { type: string; text: string; headers?: Record<string, string> },
): void {
  const all = { "content-type": `${type}; charset=utf-8`, "x-content-type-options": "nosniff", ...headers };
  sendBody(request, response, status, all, text);
}

export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  send(request, response, status, { type: "application/json", text: `${JSON.stringify(value)}\n`, headers });
}

/** Sends an error in the shape of GraphQL errors. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  error: { code: ErrorCode; message: string; headers?: Record<string, string> },
): void {
  const { code, message, headers } = error;
  sendJson(request, response, status, { errors: [{ message, extensions: { code } }] }, headers);
}

export const databaseDownText = `The database is unavailable. Try again in ${retryAfterSeconds} s.`;

/** Extensions of a GraphQL error while the database is down. */
export const databaseDownExtensions = { code: "UNAVAILABLE", retryAfter: retryAfterSeconds } as const;

/** The HTTP form of such an answer: for `extensions.http` of a GraphQL error. */
export const unavailableHttp = {
  status: 503,
  headers: { "retry-after": String(retryAfterSeconds) },
} as const;

/** Answers a request that failed before its answer began: 503 if the database is down, else 500. */
export function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (isServerFault(error)) {
    sendError(request, response, 503, {
      code: "UNAVAILABLE",
      message: databaseDownText,
      headers: unavailableHttp.headers,
    });
  } else {
    sendError(request, response, 500, {
      code: "INTERNAL_SERVER_ERROR",
      message: "Internal server error.",
    });
  }
}

/** The client disconnected, or its connection was destroyed because it did not read. */
export class ClientDisconnectedError extends Error {
  override readonly name = "ClientDisconnectedError";
}

/**
 * Sends an answer as it is produced, no faster than it is read, and ends it. A client that does not read loses its
 * connection by the server's limits (`connections.ts`).
 *
 * Rejects with ClientDisconnectedError if the client disconnects; production has ended by then.
 */
export async function sendAsRead(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (response.destroyed) throw new ClientDisconnectedError("The client has disconnected.");
      if (!response.write(piece)) await untilDrained(response);
    }
    response.end();
    await waitFor(response, "finish");
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** Resolves once more can be written to an answer; rejects with ClientDisconnectedError if its client is gone. */
export function untilDrained(response: ServerResponse): Promise<void> {
  return waitFor(response, "drain");
}

/** Waits for an event, or rejects with ClientDisconnectedError. */
function waitFor(response: ServerResponse, event: "drain" | "finish"): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopWaiting = () => {
      response.off(event, done);
      response.off("close", disconnected);
    };
    const done = () => {
      stopWaiting();
      resolve();
    };
    const disconnected = () => {
      stopWaiting();
      reject(new ClientDisconnectedError("The client does not read the response."));
    };
    response.once(event, done);
    response.once("close", disconnected);
    if (response.destroyed) disconnected();
  });
}
