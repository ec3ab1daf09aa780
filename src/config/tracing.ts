import type { Topic, ValuesOf } from "./variable.ts";
import { ConfigError, oneOf, text, wholeNumber, withoutPassword } from "./variable.ts";

export type TracingConfig = ValuesOf<typeof tracing>;

/** Tracing, configured by OpenTelemetry's own variables: docs/operations.md. */
export const tracing = {
  title: "Traces",
  variables: {
    exporter: {
      name: "OTEL_TRACES_EXPORTER",
      default: "otlp",
      description: "Exporter: `otlp`, or `none` to disable tracing.",
      read: oneOf("otlp", "none"),
    },
    /** Tracing is off if both endpoints are undefined. */
    endpoint: {
      name: "OTEL_EXPORTER_OTLP_ENDPOINT",
      description:
        "Base URL of the collector, to which `/v1/traces` is appended (OTLP over HTTP, JSON). Tracing is off if neither this nor the next variable is set.",
      read: httpUrl,
      mask: withoutPassword,
    },
    tracesEndpoint: {
      name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      description: "Full URL of the collector's endpoint for traces; overrides the base URL.",
      read: httpUrl,
      mask: withoutPassword,
    },
    headers: {
      name: "OTEL_EXPORTER_OTLP_HEADERS",
      description:
        "Headers of each request to the collector: comma-separated `name=value`, values percent-encoded.",
      read: pairs,
      mask: (given: string) => given.replace(/=[^,]*/g, "=***"),
    },
    serviceName: {
      name: "OTEL_SERVICE_NAME",
      default: "pith-graph",
      description: "Service name in the traces.",
      read: text,
    },
    resourceAttributes: {
      name: "OTEL_RESOURCE_ATTRIBUTES",
      description: "Further resource attributes: comma-separated `name=value`, values percent-encoded.",
      read: pairs,
    },
    sampler: {
      name: "OTEL_TRACES_SAMPLER",
      default: "parentbased_always_on",
      description:
        "Sampler: `always_on`, `always_off`, `traceidratio`, or one of these with the prefix `parentbased_`, which follows the caller's `traceparent` if there is one.",
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
      default: "1",
      description: "Ratio of sampled requests for `traceidratio`, from 0 to 1.",
      read: ratio,
    },
    batchMilliseconds: {
      name: "OTEL_BSP_SCHEDULE_DELAY",
      default: "5000",
      description: "Milliseconds between two exports.",
      read: wholeNumber(1, 600_000),
    },
    maxQueuedSpans: {
      name: "OTEL_BSP_MAX_QUEUE_SIZE",
      default: "2048",
      description: "Maximum spans waiting for export; further spans are dropped.",
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
