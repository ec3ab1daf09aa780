import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiError, Deadline, retryAfterSeconds } from "../../api/index.ts";
import { runWithSignal } from "../../store/index.ts";
import { sendError } from "./responses.ts";
import type { Route } from "./router.ts";

/** Reads from the database; rejects with TIMEOUT or CANCELLED (an ApiError) if it does not finish in time. */
export type LimitedRead = <Result>(read: () => Promise<Result>) => Promise<Result>;

type TimeLimited = {
  readonly read: LimitedRead;
  /** Aborted with CANCELLED once the client is gone. */
  readonly disconnected: AbortSignal;
  /** The groups of the route's pattern. */
  readonly captured: readonly string[];
};

/**
 * An answer whose reads may take `milliseconds` in total, and end with the client. If they would take more, the answer
 * is 503 and TIMEOUT, with `headers`.
 */
export function withTimeLimit(
  answer: (request: IncomingMessage, response: ServerResponse, parts: TimeLimited) => Promise<void>,
  milliseconds: number,
  headers: Record<string, string> = {},
): Route["handle"] {
  return async (request, response, captured) => {
    const client = new AbortController();
    response.once("close", () =>
      client.abort(new ApiError("CANCELLED", "The client cancelled the request.")),
    );
    try {
      const read = limitedReads(client.signal, milliseconds);
      await answer(request, response, { read, disconnected: client.signal, captured });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Otherwise no client is left to answer.
      if (response.destroyed) return;
      const isBusy = error.extensions["code"] === "UNAVAILABLE";
      sendError(request, response, 503, {
        code: isBusy ? "UNAVAILABLE" : "TIMEOUT",
        message: isBusy
          ? error.message
          : `The database took longer than ${milliseconds} ms, the maximum. Try again in ${retryAfterSeconds} s.`,
        headers: { ...headers, "retry-after": String(retryAfterSeconds) },
      });
    }
  };
}

/**
 * Reads for one answer, limited to `milliseconds` in total: statements still running in PostgreSQL are then cancelled,
 * and also if the client is gone. Time between reads does not count: a client may have requested a wait.
 */
function limitedReads(client: AbortSignal, milliseconds: number): LimitedRead {
  let left = milliseconds;
  return async (read) => {
    const deadline = new Deadline(client);
    const began = performance.now();
    try {
      return await deadline.within(left, () => runWithSignal(deadline.signal, read));
    } finally {
      left -= performance.now() - began;
    }
  };
}
