import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { TracingConfig } from "../config/index.ts";
import type { Work, WorkChannel } from "../runtime/index.ts";

/** Identifies a span, and says whether its trace is recorded. */
type SpanContext = {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
};

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Describes a span once its work is complete. */
type SpanDescription = {
  readonly name: string;
  readonly kind: "internal" | "server" | "client";
  readonly attributes?: Attributes;
  /** Why the work failed without throwing: a code, never a message. */
  readonly error?: string | null;
};

/** A completed span. Times are in milliseconds since 1970, with fractions. */
export type EndedSpan = Required<SpanDescription> & {
  readonly context: SpanContext;
  /** Null for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly startedAt: number;
  readonly endedAt: number;
};

type OpenSpan = { readonly context: SpanContext; readonly parentSpanId: string | null };

/** Creates a span for each piece of work on a channel; it is the parent of the spans of work done within it. */
export class Tracer {
  readonly #current = new AsyncLocalStorage<SpanContext | undefined>();
  readonly #sample: Sampler;
  readonly #add: (span: EndedSpan) => void;

  constructor(sample: Sampler, add: (span: EndedSpan) => void) {
    this.#sample = sample;
    this.#add = add;
  }

  /** Creates children of the current span; none if there is no current span or it is not recorded. */
  traceChildren<About extends object, Result>(
    channel: WorkChannel<About, Result>,
    describe: (work: Work<About, Result>) => SpanDescription,
  ): () => void {
    return this.#trace(channel, describe, () => {
      const parent = this.#current.getStore();
      return parent?.isSampled ? open(parent, parent.traceId) : undefined;
    });
  }

  /**
   * Creates children of the current span; without one, a span that continues the caller's trace or starts a new trace.
   * `onTrace` is called with the trace id, even if the trace is not recorded.
   */
  traceRoots<About extends object, Result>(
    channel: WorkChannel<About, Result>,
    describe: (work: Work<About, Result>) => SpanDescription,
    callerOf: (work: Work<About, Result>) => SpanContext | null = () => null,
    onTrace: (work: Work<About, Result>, traceId: string) => void = () => {},
  ): () => void {
    return this.#trace(channel, describe, (work) => {
      const parent = this.#current.getStore() ?? callerOf(work);
      const traceId = parent?.traceId ?? randomId(16);
      onTrace(work, traceId);
      const isSampled = this.#current.getStore()?.isSampled ?? this.#sample(traceId, parent);
      return open(parent, traceId, isSampled);
    });
  }

  #trace<About extends object, Result>(
    channel: WorkChannel<About, Result>,
    describe: (work: Work<About, Result>) => SpanDescription,
    begin: (work: Work<About, Result>) => OpenSpan | undefined,
  ): () => void {
    const spans = new WeakMap<object, OpenSpan>();
    const unbind = channel.bindStore(this.#current, (work) => {
      const span = begin(work);
      if (span === undefined) return this.#current.getStore();
      if (span.context.isSampled) spans.set(work, span);
      return span.context;
    });
    const unsubscribe = channel.subscribe({
      end: (work) => {
        const span = spans.get(work);
        if (span === undefined) return;
        const { name, kind, attributes = {}, error = null } = describe(work);
        this.#add({
          ...span,
          name,
          kind,
          attributes,
          error: "error" in work ? kindOf(work.error) : error,
          startedAt: performance.timeOrigin + work.startedAt,
          endedAt: performance.timeOrigin + performance.now(),
        });
      },
    });
    return () => {
      unbind();
      unsubscribe();
    };
  }
}

function open(parent: SpanContext | null, traceId: string, isSampled = true): OpenSpan {
  return { context: { traceId, spanId: randomId(8), isSampled }, parentSpanId: parent?.spanId ?? null };
}

function randomId(bytes: 8 | 16): string {
  return randomBytes(bytes).toString("hex");
}

/** The error's code, else its class: messages may contain private data. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/**
 * Parses the caller's span from the header `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header).
 * Null if it is missing or malformed.
 */
export function parseTraceparent(header: string | undefined): SpanContext | null {
  const [, version, traceId = "", spanId = "", flags = "", rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header ?? "") ?? [];
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Whether to record a trace that starts here, or continues here from a caller's span. */
type Sampler = (traceId: string, caller: SpanContext | null) => boolean;

/** The samplers of OpenTelemetry's SDK (https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers). */
export function createSampler({ sampler, samplerRatio }: TracingConfig): Sampler {
  const isParentBased = sampler.startsWith("parentbased_");
  const root = rootSampler(sampler.replace("parentbased_", ""), samplerRatio);
  return (traceId, caller) => (isParentBased && caller !== null ? caller.isSampled : root(traceId));
}

function rootSampler(name: string, ratio: number): (traceId: string) => boolean {
  if (name === "always_on") return () => true;
  if (name === "always_off") return () => false;
  // The last 56 bits are random, and a number holds 52 of them. All services that see the trace make the same decision.
  return (traceId) => Number.parseInt(traceId.slice(18, 31), 16) < ratio * 2 ** 52;
}
