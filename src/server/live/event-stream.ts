import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Context, Live } from "../../api/context.ts";
import { comeAgainSeconds } from "../../api/errors.ts";
import { stringifyResult } from "../../api/json-text.ts";
import { isUnavailable } from "../plugins/unavailable-status.ts";

/** Milliseconds. */
export type StreamTimes = {
  /** Between signs of life where nothing happens. */
  readonly heartbeat: number;
};

export const defaultStreamTimes: StreamTimes = { heartbeat: 15_000 };

type Results = AsyncIterator<ExecutionResult>;
type ServerContext = { readonly res?: ServerResponse };

/**
 * Subscriptions as Server-Sent Events, by the protocol "GraphQL over SSE" (distinct connections), with ids: each event
 * has the position of its change, and so have the signs of life between. A client that comes again with Last-Event-ID
 * goes on there. The stream just ends where the server stops, without `complete`, so that clients do come again.
 *
 * Nothing is read ahead: a slow client reads its changes from the table, later. One that reads nothing at all loses its
 * connection by the server's own limits (connections/). Where the database is away the client is told so, by an event
 * without an id, and the stream ends: it comes again where it was. A status of 503 would not do, as browsers never come
 * again after one.
 */
export function useEventStream(times: StreamTimes = defaultStreamTimes): Plugin {
  const lives = new WeakMap<object, Live>();
  const plugin: Plugin = {
    onSubscribe({ args: { contextValue } }) {
      const { request, live } = contextValue as { request?: object } & Partial<Context>;
      if (request !== undefined && live !== undefined) lives.set(request, live);
    },
    onResultProcess({ request, result, serverContext, setResultProcessor }) {
      const live = lives.get(request);
      if (live === undefined || !accepts(request.headers.get("accept"))) return;
      if (!isIterable(result)) {
        if (!isAnswerUnavailable(result)) return;
        const text = unavailableEvent(result);
        setResultProcessor((_result, { Response }) => new Response(text, { headers }), "text/event-stream");
        return;
      }
      const { res } = serverContext as ServerContext;
      setResultProcessor(
        (_result, { Response }) =>
          new Response(streamOf(result[Symbol.asyncIterator](), live, times, res), { headers }),
        "text/event-stream",
      );
    },
  };
  // Behind the server's own plugins, whose stream has no ids.
  return {
    onPluginInit({ addPlugin }) {
      addPlugin(plugin);
    },
  };
}

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  // nginx would keep events back until it has a bufferful.
  "x-accel-buffering": "no",
};

function accepts(accept: string | null): boolean {
  return accept !== null && /(?:^|[,\s])(?:text\/event-stream|text\/\*|\*\/\*)/.test(accept);
}

function isIterable(result: unknown): result is AsyncIterable<ExecutionResult> {
  return typeof result === "object" && result !== null && Symbol.asyncIterator in result;
}

function streamOf(
  results: Results,
  live: Live,
  { heartbeat }: StreamTimes,
  response: ServerResponse | undefined,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let beating: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = async () => {
    isOver = true;
    clearInterval(beating);
    await results.return?.();
  };
  // Who reads a response does not tell its stream where the client has gone.
  response?.once("close", () => void end());
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const beat = () => controller.enqueue(encoder.encode(`id: ${live.sent}\n:\n\n`));
      // At once: a client that loses its connection before the first change goes on from here.
      beat();
      beating = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) beat();
      }, heartbeat);
    },
    async pull(controller) {
      const { done, value } = await results.next();
      if (isOver) return;
      if (done === true) {
        await end();
        return controller.close();
      }
      if (isUnavailable(value)) {
        controller.enqueue(encoder.encode(unavailableEvent(value)));
        await end();
        return controller.close();
      }
      controller.enqueue(encoder.encode(eventOf(value, live.given)));
    },
    cancel: end,
  });
}

function eventOf(result: ExecutionResult, id: bigint | null): string {
  return `${id === null ? "" : `id: ${id}\n`}event: next\ndata: ${stringifyResult(withoutInternals(result))}\n\n`;
}

/** What the server keeps for itself in an error: the HTTP status that it would have. */
function withoutInternals({ data, errors, extensions }: ExecutionResult): object {
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined
      ? {}
      : {
          errors: errors.map((error) => {
            const { http: _http, ...rest } = error.extensions;
            return { ...error.toJSON(), extensions: rest };
          }),
        }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

/** Without an id, so that who comes again goes on before it; and when to come. */
function unavailableEvent(result: ExecutionResult): string {
  return `retry: ${comeAgainSeconds * 1000}\n${eventOf(result, null)}`;
}

function isAnswerUnavailable(result: unknown): result is ExecutionResult {
  return typeof result === "object" && result !== null && isUnavailable(result as ExecutionResult);
}
