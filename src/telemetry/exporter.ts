import type { TracingConfig } from "../config/index.ts";
import { errorText, type Log, softwareVersion } from "../runtime/index.ts";
import type { Attributes, EndedSpan } from "./tracer.ts";

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
export function createExporter(config: TracingConfig, log: Log): Exporter {
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
