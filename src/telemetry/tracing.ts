import { type Config, readConfig, type TracingConfig } from "../config/index.ts";
import {
  createLog,
  errorText,
  graphqlOperations,
  type IngestedDocument,
  ingestBatches,
  type Log,
  loaderBatches,
  requests,
  rootFields,
  softwareVersion,
  statements,
} from "../runtime/index.ts";
import { type Attributes, createSampler, type EndedSpan, parseTraceparent, Tracer } from "./tracer.ts";

const maxNameLength = 200;

/** Whether tracing is on: an endpoint is configured. */
export function isTracing({ exporter, endpoint, tracesEndpoint }: TracingConfig): boolean {
  return exporter === "otlp" && (endpoint !== undefined || tracesEndpoint !== undefined);
}

/**
 * Creates spans for requests, their GraphQL operation and root fields, loader batches, batches of documents, and the
 * statements of all of these. Of a client's request, spans contain the path and the operation name, never queries or
 * variables. Call it before opening the database: only later pools publish statements.
 *
 * @returns a function that stops tracing and sends the queued spans.
 */
export function startTracing(config: TracingConfig, log: Log): () => Promise<void> {
  const exporter = createExporter(config, log);
  const tracer = new Tracer(createSampler(config), (span) => exporter.add(span));
  const stops = [
    tracer.traceRoots(
      requests,
      ({ method, route, path, status }) => ({
        name: `${method} ${route}`,
        kind: "server",
        attributes: {
          "http.request.method": method,
          "http.route": route,
          "url.path": path,
          "http.response.status_code": status,
        },
        error: status === 0 || status >= 500 ? String(status) : null,
      }),
      ({ traceparent }) => parseTraceparent(traceparent),
      (request, traceId) => {
        request.traceId = traceId;
      },
    ),
    tracer.traceRoots(ingestBatches, ({ documents, result }) => ({
      name: "ingest documents",
      kind: "internal",
      attributes: { "pith_graph.documents": documents, ...outcomesOf(result) },
    })),
    tracer.traceChildren(graphqlOperations, ({ kind, name, code }) => ({
      name: kind === "unknown" ? "GraphQL operation" : kind,
      kind: "internal",
      attributes: {
        "graphql.operation.type": kind,
        ...(name === null ? {} : { "graphql.operation.name": name.slice(0, maxNameLength) }),
      },
      error: code,
    })),
    tracer.traceChildren(rootFields, ({ name }) => ({ name, kind: "internal" })),
    tracer.traceChildren(loaderBatches, ({ keys, requests: sharing }) => ({
      name: "loader batch",
      kind: "internal",
      attributes: { "pith_graph.keys": keys, "pith_graph.requests": sharing },
    })),
    tracer.traceChildren(statements, ({ name }) => ({
      name,
      kind: "client",
      attributes: { "db.system.name": "postgresql", "db.query.summary": name },
    })),
  ];
  return async () => {
    for (const stop of stops) stop();
    await exporter.close();
  };
}

function outcomesOf(results: readonly IngestedDocument[] | undefined): Record<string, number> {
  if (results === undefined) return {};
  const counts = { merged: 0, unchanged: 0, rejected: 0 };
  for (const { status } of results) counts[status]++;
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`pith_graph.${name}`, count]));
}

/** The module with which a thread of `ingest` or `sync` traces its work; null if tracing is off. */
export function threadWatcher({ tracing }: Config): string | null {
  return isTracing(tracing) ? import.meta.url : null;
}

/** In the thread: traces its batches and their statements, as the environment configures. */
export function watchThread(): () => Promise<void> {
  const { tracing, logLevel, logFormat } = readConfig();
  return startTracing(tracing, createLog({ level: logLevel, format: logFormat, role: "ingest" }));
}

type Exporter = {
  /** Queues the span, or drops it if the queue is full. */
  add(span: EndedSpan): void;
  /** Sends the queued spans. Never rejects. */
  flush(): Promise<void>;
  /** Sends the queued spans once more, then stops. */
  close(): Promise<void>;
};

/** Maximum spans per request. */
const maxBatchSpans = 512;
const requestMilliseconds = 10_000;
/** Minimum interval between two logged failures. */
const warningMilliseconds = 60_000;

/** Statuses after which OTLP requires a retry. */
const retryableStatuses = new Set([429, 502, 503, 504]);

/**
 * Sends spans over OTLP/HTTP as JSON, in batches. If the receiver cannot be reached or is busy, the spans stay queued
 * for the next attempt, up to a limit; nothing else ever waits for them.
 */
function createExporter(config: TracingConfig, log: Log): Exporter {
  const url = config.tracesEndpoint ?? `${config.endpoint?.replace(/\/+$/, "")}/v1/traces`;
  const resource: Attributes = { ...config.resourceAttributes, "service.name": config.serviceName };
  const queue: EndedSpan[] = [];
  let dropped = 0;
  let warnedAt = Number.NEGATIVE_INFINITY;
  let sending: Promise<void> | undefined;

  const warn = (why: string) => {
    if (performance.now() - warnedAt < warningMilliseconds) return;
    warnedAt = performance.now();
    log.warn({ dropped }, `could not export traces: ${why}`);
  };

  /** Resolves to false if the receiver is unreachable or busy, so that sending more makes no sense now. */
  const sendBatch = async (): Promise<boolean> => {
    const batch = queue.slice(0, maxBatchSpans);
    let status: number;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "user-agent": `pith-graph/${softwareVersion}`,
          ...config.headers,
          "content-type": "application/json",
        },
        body: otlpText(resource, batch),
        redirect: "error",
        signal: AbortSignal.timeout(requestMilliseconds),
      });
      status = response.status;
      await response.body?.cancel();
    } catch (error) {
      warn(errorText(error));
      return false;
    }
    if (retryableStatuses.has(status)) {
      warn(`it was answered with ${status}`);
      return false;
    }
    queue.splice(0, batch.length);
    if (status >= 300) {
      dropped += batch.length;
      warn(`it was answered with ${status}`);
    }
    return true;
  };

  const flush = (): Promise<void> => {
    sending ??= (async () => {
      while (queue.length > 0 && (await sendBatch()));
    })().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  const timer = setInterval(() => void flush(), config.batchMilliseconds);
  timer.unref();
  return {
    add: (span) => {
      if (queue.length >= config.maxQueuedSpans) {
        dropped++;
        return;
      }
      queue.push(span);
      if (queue.length % maxBatchSpans === 0) void flush();
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await sending;
      await flush();
    },
  };
}

/** Numbers of OpenTelemetry's SpanKind. */
const spanKinds = { internal: 1, server: 2, client: 3 } as const;

/**
 * The body of an OTLP request in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hex,
 * 64-bit numbers as text.
 */
function otlpText(resource: Attributes, spans: readonly EndedSpan[]): string {
  const scope = { name: "pith-graph", version: softwareVersion };
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope, spans: spans.map(spanOf) }],
      },
    ],
  });
}

function spanOf({
  context,
  parentSpanId,
  name,
  kind,
  startedAt,
  endedAt,
  attributes,
  error,
}: EndedSpan): object {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind: spanKinds[kind],
    startTimeUnixNano: nanoseconds(startedAt),
    endTimeUnixNano: nanoseconds(endedAt),
    attributes: attributesOf(error === null ? attributes : { ...attributes, "error.type": error }),
    // 2 is an error; otherwise the status is unset.
    status: error === null ? {} : { code: 2 },
  };
}

function attributesOf(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}

function anyValueOf(value: string | number | boolean): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** From fractional milliseconds; a double is precise to a quarter of a microsecond. */
function nanoseconds(milliseconds: number): string {
  const integer = Math.floor(milliseconds);
  return (BigInt(integer) * 1_000_000n + BigInt(Math.round((milliseconds - integer) * 1e6))).toString();
}
