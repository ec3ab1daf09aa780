import type { Config } from "../config/index.ts";
import { createLog, type Log, requests } from "../runtime/index.ts";
import { type Family, Metrics } from "./metrics.ts";
import { collectProcessMetrics } from "./read-metrics.ts";
import { isTracing, startTracing } from "./tracing.ts";
import { countIngest, countRequests, countStatements } from "./work-metrics.ts";

export { exposition, expositionType, type Family, gauge } from "./metrics.ts";
export { collectGraphMetrics, collectPoolMetrics, collectTableMetrics } from "./read-metrics.ts";

/** Logging, metrics and tracing of one process of the service. */
export type Telemetry = {
  readonly log: Log;
  /** Null if metrics are off. */
  readonly metrics: Metrics | null;
  /** The metrics of this process, labelled with its role; empty if metrics are off. */
  families(): Promise<Family[]>;
  close(): Promise<void>;
};

/** Starts logging, metrics and tracing. Call it before opening the database: only later pools publish statements. */
export function startTelemetry(config: Config, role: "api" | "worker"): Telemetry {
  const log = createLog({ level: config.logLevel, format: config.logFormat, role });
  const stops: (() => void | Promise<void>)[] = [logRequests(log)];
  let metrics: Metrics | null = null;
  if (config.metrics !== undefined) {
    metrics = new Metrics();
    stops.push(collectProcessMetrics(metrics), countStatements(metrics));
    stops.push(role === "api" ? countRequests(metrics) : countIngest(metrics));
  }
  if (isTracing(config.tracing)) stops.push(startTracing(config.tracing, log));
  return {
    log,
    metrics,
    families: async () => (await metrics?.families(role)) ?? [],
    close: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/** Logs a line for each request at level `debug`; does nothing if that level is off. */
function logRequests(log: Log): () => void {
  if (!log.isLevelEnabled("debug")) return () => {};
  return requests.subscribe({
    end({ id, method, path, route, status, startedAt }) {
      const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
      log.debug({ requestId: id, method, path, route, status, milliseconds }, "request");
    },
  });
}

export { threadWatcher } from "./tracing.ts";
