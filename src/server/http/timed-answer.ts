import type { IncomingMessage, ServerResponse } from "node:http";
import { Deadline } from "../../api/deadline.ts";
import { ApiError, comeAgainSeconds } from "../../api/errors.ts";
import { untilAborted } from "../../store/cancellation.ts";
import { sendError } from "../responses.ts";
import type { Route } from "./router.ts";

/** Reads from the database; rejects with TIMEOUT or CANCELLED (an ApiError) where it comes to no end in time. */
export type TimedRead = <Result>(read: () => Promise<Result>) => Promise<Result>;

type TimedParts = {
  readonly read: TimedRead;
  /** Aborted with CANCELLED once the client is gone. */
  readonly gone: AbortSignal;
  /** The groups of the route's pattern. */
  readonly captured: readonly string[];
};

/**
 * An answer whose reads take no more than so many milliseconds together, and end with the client. Where they would take
 * more, it is 503 and TIMEOUT, with `headers`.
 */
export function inTime(
  answer: (request: IncomingMessage, response: ServerResponse, parts: TimedParts) => Promise<void>,
  milliseconds: number,
  headers: Record<string, string> = {},
): Route["handle"] {
  return async (request, response, captured) => {
    const client = new AbortController();
    response.once("close", () => client.abort(new ApiError("CANCELLED", "The request was given up.")));
    try {
      const read = timedReads(client.signal, milliseconds);
      await answer(request, response, { read, gone: client.signal, captured });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Else no client is left to answer.
      if (response.destroyed) return;
      const isBusy = error.extensions["code"] === "UNAVAILABLE";
      sendError(request, response, 503, {
        code: isBusy ? "UNAVAILABLE" : "TIMEOUT",
        message: isBusy
          ? error.message
          : `The database took longer than ${milliseconds} ms, which is the most. Try again in ${comeAgainSeconds} s.`,
        headers: { ...headers, "retry-after": String(comeAgainSeconds) },
      });
    }
  };
}

/**
 * Reads for one answer, which may take so many milliseconds together: what still runs for it in PostgreSQL is ended
 * then, and also when the client is gone. Time between two reads does not count: a client may have asked to wait.
 */
function timedReads(client: AbortSignal, milliseconds: number): TimedRead {
  let left = milliseconds;
  return async (read) => {
    const deadline = new Deadline(client);
    const began = performance.now();
    try {
      return await deadline.within(left, () => untilAborted(deadline.signal, read));
    } finally {
      left -= performance.now() - began;
    }
  };
}
