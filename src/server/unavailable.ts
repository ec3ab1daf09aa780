import type { IncomingMessage, ServerResponse } from "node:http";
import { comeAgainSeconds } from "../api/errors.ts";
import { isServerFault } from "../store/server-fault.ts";
import { sendError } from "./responses.ts";

export const databaseAwayText = `The database cannot be reached at the moment. Try again in ${comeAgainSeconds} s.`;

/** What an error of GraphQL says beside the code, where the database is away. */
export const databaseAwayExtensions = { code: "UNAVAILABLE", retryAfter: comeAgainSeconds } as const;

/** For the HTTP form of an answer: what graphql-yoga takes from `extensions.http`. */
export const unavailableHttp = {
  status: 503,
  headers: { "retry-after": String(comeAgainSeconds) },
} as const;

/** Answers a request that failed before its answer began: 503 where the database is away, else 500. */
export function sendFailure(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (isServerFault(error)) {
    sendError(request, response, 503, {
      code: "UNAVAILABLE",
      message: databaseAwayText,
      headers: unavailableHttp.headers,
    });
  } else {
    sendError(request, response, 500, {
      code: "INTERNAL_SERVER_ERROR",
      message: "Internal server error.",
    });
  }
}
