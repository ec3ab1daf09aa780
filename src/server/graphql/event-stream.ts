import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import { type Live, retryAfterSeconds } from "../../api/index.ts";
import { GoneError, untilDrained } from "../responses.ts";
import { isUnavailable, textOf } from "./answer.ts";

/** In milliseconds. */
export type StreamTimes = {
  /** Time between heartbeats while nothing happens. */
  readonly heartbeat: number;
};

export const defaultStreamTimes: StreamTimes = { heartbeat: 15_000 };

export type Results = AsyncIterable<ExecutionResult>;

export const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx would buffer events.
  "x-accel-buffering": "no",
};

/**
 * Sends a subscription as Server-Sent Events, by the protocol "GraphQL over SSE" (distinct connections), with ids: each
 * event and heartbeat has the position of the last change. A client that reconnects with Last-Event-ID resumes there.
 * If the server stops, the stream ends without `complete`, so that clients reconnect.
 *
 * Nothing is read ahead: a slow client reads its changes from the table, later. A client that reads nothing loses its
 * connection by the server's limits (`connections.ts`). If the database is down, the client gets an event without an
 * id, and the stream ends; it reconnects where it was. A status of 503 would not do, as browsers never reconnect after
 * one.
 */
export async function sendStream(
  response: ServerResponse,
  { results, live, times }: { readonly results: Results; readonly live: Live; readonly times: StreamTimes },
): Promise<void> {
  const iterator = results[Symbol.asyncIterator]();
  const end = () => {
    clearInterval(beating);
    // No client is left to learn how it ends.
    Promise.resolve(iterator.return?.()).catch(() => {});
  };
  const beat = () => response.write(`id: ${live.sentUpTo}\n:\n\n`);
  const beating = setInterval(() => {
    if (!response.writableNeedDrain) beat();
  }, times.heartbeat);
  response.once("close", end);
  if (response.destroyed) return end();
  // Sent immediately: a client that loses its connection before the first change resumes from here.
  beat();
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done || response.destroyed) return;
      if (isUnavailable(value)) {
        response.write(unavailableEvent(value));
        return;
      }
      if (!response.write(eventOf(textOf(value), live.lastYielded))) await untilDrained(response);
    }
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
  } finally {
    end();
    response.end();
  }
}

/** The events of a single result, given as JSON. */
export function eventsOf(text: string): string {
  return `${eventOf(text, null)}event: complete\ndata:\n\n`;
}

/** An event without an id, so that a client that reconnects resumes before it, with the time to retry. */
export function unavailableEvent(result: ExecutionResult): string {
  return `retry: ${retryAfterSeconds * 1000}\n${eventOf(textOf(result), null)}`;
}

function eventOf(text: string, id: bigint | null): string {
  return `${id === null ? "" : `id: ${id}\n`}event: next\ndata: ${text}\n\n`;
}
