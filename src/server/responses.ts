import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode } from "../api/errors.ts";

/** Sends a whole body; of a HEAD request only its headers. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: { type: string; text: string; headers?: Record<string, string> },
): void {
  response.writeHead(status, {
    "content-type": `${body.type}; charset=utf-8`,
    "content-length": Buffer.byteLength(body.text),
    "x-content-type-options": "nosniff",
    ...body.headers,
  });
  response.end(request.method === "HEAD" ? undefined : body.text);
  // A body that nobody reads would keep the connection from its next request.
  request.resume();
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

/** An error in the shape that GraphQL's errors have. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  error: { code: ErrorCode; message: string; headers?: Record<string, string> },
): void {
  const { code, message, headers } = error;
  sendJson(request, response, status, { errors: [{ message, extensions: { code } }] }, headers);
}
