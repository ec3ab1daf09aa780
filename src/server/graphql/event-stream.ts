import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { Live } from "../../api/context.ts";
import { comeAgainSeconds } from "../../api/errors.ts";
import { GoneError, untilDrained } from "../responses.ts";
import { isUnavailable, textOf } from "./answer.ts";

/** Milliseconds. */
export type StreamTimes = {
  /** Between signs of life where nothing happens. */
  readonly heartbeat: number;
};

export const defaultStreamTimes: StreamTimes = { heartbeat: 15_000 };

export type Results = AsyncIterable<ExecutionResult>;

export const streamHeaders = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx would keep events back until it has a bufferful.
  "x-accel-buffering": "no",
};

/**
 * Sends a subscription as Server-Sent Events, by the protocol "GraphQL over SSE" (distinct connections), with ids: each
 * event has the position of its change, and so have the signs of life between. A client that comes again with
 * Last-Event-ID goes on there. The stream just ends where the server stops, without `complete`, so that clients do come
 * again.
 *
 * Nothing is read ahead: a slow client reads its changes from the table, later. One that reads nothing at all loses its
 * connection by the server's own limits (connections/). Where the database is away the client is told so, by an event
 * without an id, and the stream ends: it comes again where it was. A status of 503 would not do, as browsers never come
 * again after one.
 */
export async function sendStream(
  response: ServerResponse,
  { results, live, times }: { readonly results: Results; readonly live: Live; readonly times: StreamTimes },
): Promise<void> {
  const iterator = results[Symbol.asyncIterator]();
  const end = () => {
    clearInterval(beating);
    // How it ends is told to no client any more.
    Promise.resolve(iterator.return?.()).catch(() => {});
  };
  const beat = () => response.write(`id: ${live.sent}\n:\n\n`);
  const beating = setInterval(() => {
    if (!response.writableNeedDrain) beat();
  }, times.heartbeat);
  response.once("close", end);
  if (response.destroyed) return end();
  // At once: a client that loses its connection before the first change goes on from here.
  beat();
  try {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done || response.destroyed) return;
      if (isUnavailable(value)) {
        response.write(unavailableEvent(value));
        return;
      }
      if (!response.write(eventOf(textOf(value), live.given))) await untilDrained(response);
    }
  } catch (error) {
    if (!(error instanceof GoneError)) throw error;
  } finally {
    end();
    response.end();
  }
}

/** The events of a result that is not followed by others, given as JSON. */
export function eventsOf(text: string): string {
  return `${eventOf(text, null)}event: complete\ndata:\n\n`;
}

/** Without an id, so that a client that comes again goes on before it; and when to come. */
export function unavailableEvent(result: ExecutionResult): string {
  return `retry: ${comeAgainSeconds * 1000}\n${eventOf(textOf(result), null)}`;
}

function eventOf(text: string, id: bigint | null): string {
  return `${id === null ? "" : `id: ${id}\n`}event: next\ndata: ${text}\n\n`;
}
