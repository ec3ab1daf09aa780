import { randomBytes } from "node:crypto";

/** What identifies a span, and whether its trace is recorded. */
export type SpanContext = {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
};

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** As OpenTelemetry counts them. */
export const spanKinds = { internal: 1, server: 2, client: 3 } as const;

/** A span that has ended. Times are in milliseconds since 1970, with fractions. */
export type EndedSpan = {
  readonly context: SpanContext;
  /** Null for the root of a trace. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: keyof typeof spanKinds;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** Why it failed: a code or an error's kind, never its message; null where it did not. */
  readonly error: string | null;
};

export function randomId(bytes: 8 | 16): string {
  return randomBytes(bytes).toString("hex");
}

/**
 * The caller's span, as the header `traceparent` names it (https://www.w3.org/TR/trace-context/#traceparent-header);
 * null where there is none, or it is malformed.
 */
export function parseTraceparent(header: unknown): SpanContext | null {
  if (typeof header !== "string") return null;
  const [, version, traceId = "", spanId = "", flags = "", rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
