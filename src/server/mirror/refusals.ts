import type { IncomingMessage, ServerResponse } from "node:http";
import { sendError } from "../responses.ts";

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
