import type { Topic, ValuesOf } from "./variable.ts";
import { ConfigError, oneOf, text, wholeNumber, withoutPassword } from "./variable.ts";

export type TracingConfig = ValuesOf<typeof tracing>;

/** Tracing, configured by OpenTelemetry's own variables: docs/operations.md. */
export const tracing = {
  title: "Traces",
  variables: {
    exporter: {
      name: "OTEL_TRACES_EXPORTER",
      usual: "otlp",
      meaning: "`otlp`, or `none` for no traces.",
      read: oneOf("otlp", "none"),
    },
    /** Tracing is off if both endpoints are undefined. */
    endpoint: {
      name: "OTEL_EXPORTER_OTLP_ENDPOINT",
      meaning:
        "Where traces are sent, by OTLP over HTTP as JSON: `/v1/traces` is added. No traces are made where neither this nor the next is set.",
      read: httpUrl,
      mask: withoutPassword,
    },
    tracesEndpoint: {
      name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      meaning: "The same, as it is, with nothing added.",
      read: httpUrl,
      mask: withoutPassword,
    },
    headers: {
      name: "OTEL_EXPORTER_OTLP_HEADERS",
      meaning: "Headers sent along, `name=value`, separated by commas, values percent-encoded.",
      read: pairs,
      mask: (given: string) => given.replace(/=[^,]*/g, "=***"),
    },
    serviceName: {
      name: "OTEL_SERVICE_NAME",
      usual: "pith-graph",
      meaning: "What the traces are said to come from.",
      read: text,
    },
    resourceAttributes: {
      name: "OTEL_RESOURCE_ATTRIBUTES",
      meaning: "More of that: `name=value`, separated by commas, values percent-encoded.",
      read: pairs,
    },
    sampler: {
      name: "OTEL_TRACES_SAMPLER",
      usual: "parentbased_always_on",
      meaning:
        "Which requests are traced: `always_on`, `always_off`, `traceidratio`, or each with `parentbased_` before it: then a caller's `traceparent` decides.",
      read: oneOf(
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
      ),
    },
    samplerRatio: {
      name: "OTEL_TRACES_SAMPLER_ARG",
      usual: "1",
      meaning: "Of `traceidratio`: which part of the requests, from 0 to 1.",
      read: ratio,
    },
    batchMilliseconds: {
      name: "OTEL_BSP_SCHEDULE_DELAY",
      usual: "5000",
      meaning: "Milliseconds between two sendings.",
      read: wholeNumber(1, 600_000),
    },
    mostWaiting: {
      name: "OTEL_BSP_MAX_QUEUE_SIZE",
      usual: "2048",
      meaning: "Spans that wait to be sent; more are dropped.",
      read: wholeNumber(1, 1_000_000),
    },
  },
} as const satisfies Topic;

function httpUrl(given: string, name: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
  throw new ConfigError(`${name} must be an address like http://127.0.0.1:4318.`);
}

/** Errors never repeat a wrong value: it may be a secret. */
function pairs(given: string, name: string): Readonly<Record<string, string>> {
  const entries = given
    .split(",")
    .filter((entry) => entry.trim() !== "")
    .map((entry) => {
      const [key = "", value] = entry.split(/=(.*)/s).map((part) => part.trim());
      if (!/^[\w.!#$%&'*+^`|~/-]+$/.test(key) || value === undefined || !isPercentEncoded(value)) {
        throw new ConfigError(`${name} must be pairs like name=value, separated by commas.`);
      }
      return [key, decodeURIComponent(value)] as const;
    });
  return Object.fromEntries(entries);
}

function isPercentEncoded(value: string): boolean {
  try {
    return !/[\r\n\0]/.test(decodeURIComponent(value));
  } catch {
    return false;
  }
}

function ratio(given: string, name: string): number {
  const value = Number(given);
  if (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(given) && value >= 0 && value <= 1) return value;
  throw new ConfigError(`${name} must be a number from 0 to 1, not ${JSON.stringify(given)}.`);
}
