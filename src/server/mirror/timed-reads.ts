import type { ServerResponse } from "node:http";
import { Deadline } from "../../api/deadline.ts";
import { untilAborted } from "../../store/cancellation.ts";

/** Reads from the database; rejects with TIMEOUT or CANCELLED (an ApiError) where it comes to no end in time. */
export type TimedRead = <Result>(read: () => Promise<Result>) => Promise<Result>;

/**
 * Reads for one answer, which may take so many milliseconds together: what still runs for it in PostgreSQL is ended
 * then, and also when the client is gone. Time between two reads does not count: a client may have asked to wait.
 */
export function timedReads(response: ServerResponse, milliseconds: number): TimedRead {
  const client = new AbortController();
  response.once("close", () => client.abort());
  let left = milliseconds;
  return async (read) => {
    const deadline = new Deadline(client.signal);
    const began = performance.now();
    try {
      return await deadline.within(left, () => untilAborted(deadline.signal, read));
    } finally {
      left -= performance.now() - began;
    }
  };
}
