import type { IncomingMessage, ServerResponse } from "node:http";
import { sendError } from "../responses.ts";
import { comeAgainSeconds } from "../unavailable.ts";

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

/** The database took longer than it may. Followers come again by themselves. */
export function tookTooLong(request: IncomingMessage, response: ServerResponse, milliseconds: number): void {
  sendError(request, response, 503, {
    code: "TIMEOUT",
    message: `The database took longer than ${milliseconds} ms, which is the most. Try again in ${comeAgainSeconds} s.`,
    headers: { ...openHeaders, "retry-after": String(comeAgainSeconds) },
  });
}
