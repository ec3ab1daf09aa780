import type { ServerResponse } from "node:http";
import type { ExecutionResult, GraphQLError } from "graphql";
import { JsonText, type Live, retryAfterSeconds, stringifyResult } from "../../api/index.ts";
import { ClientDisconnectedError, type JsonType, unavailableHttp, untilDrained } from "../http/index.ts";

/** `extensions.http` of an error: the answer's HTTP form, hidden from clients. */
type Http = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the status applies to `application/graphql-response+json` only: older clients expect 200. */
  readonly spec?: boolean;
};

type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> };

/**
 * The status of an answer and the headers of its errors: the highest status that an error requests, else 200.
 *
 * If the service is unavailable and no field has a value, HTTP reports it as well: 503, with the time to retry. If some
 * fields were answered, they stay, with 200, as both media types of GraphQL require.
 */
export function headOf({ errors = [], data }: ExecutionResult, type: JsonType | "text/event-stream"): Head {
  if (isUnavailable({ errors }) && isEmpty(data)) return unavailableHttp;
  let status = 0;
  const headers = {};
  for (const { extensions } of errors) {
    const http = extensions["http"] as Http | undefined;
    if (http === undefined) continue;
    Object.assign(headers, http.headers);
    if (http.spec && type !== "application/graphql-response+json") continue;
    status = Math.max(status, http.status ?? 0);
  }
  return { status: status || 200, headers };
}

/** The JSON of a result, with the exact number texts of JSON scalars. */
export function textOf(result: ExecutionResult): string {
  if (result.errors === undefined) return stringifyResult(result);
  const errors = result.errors.map(withoutInternals);
  if (!isUnavailable(result) || !isEmpty(result.data)) return stringifyResult({ ...result, errors });
  const { data: _empty, ...others } = result;
  return stringifyResult({ ...others, errors });
}

function withoutInternals(error: GraphQLError): object {
  const { http: _http, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}

/** Whether the service is unavailable because its database is down. */
export function isUnavailable({ errors }: Pick<ExecutionResult, "errors">): boolean {
  return errors?.some(({ extensions }) => extensions["code"] === "UNAVAILABLE") ?? false;
}

/** An object without a value. Of a large one, only the first member is read. */
const onlyNulls = /^(?:null|\{(?:"[^"]*":null,?)*\})$/;

/** Whether none of the root's fields has a value. */
function isEmpty(data: unknown): boolean {
  if (data instanceof JsonText) return onlyNulls.test(data.text);
  return Object.values(data ?? {}).every((value) => value === null);
}

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
    if (!(error instanceof ClientDisconnectedError)) throw error;
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
