import { unknownVariables } from "../config/in-force.ts";
import type { Config } from "../config/index.ts";
import { createLog, type Log } from "../log.ts";
import { watchRequests } from "../server/metrics/request-metrics.ts";
import { logRequests } from "../server/requests/log-requests.ts";
import { traceRequests } from "../server/tracing/trace-requests.ts";
import { watchStatements } from "../telemetry/metrics/database-metrics.ts";
import { ofProcess } from "../telemetry/metrics/exposition.ts";
import { watchIntake } from "../telemetry/metrics/ingest-metrics.ts";
import { collectProcessMetrics } from "../telemetry/metrics/process-metrics.ts";
import { type Family, Registry } from "../telemetry/metrics/registry.ts";
import { isTracing, startTracing, type Tracing } from "../telemetry/tracing/start.ts";
import { CommandError } from "./command-error.ts";
import { exitStatus } from "./exit-status.ts";

export type Role = "api" | "worker";

/** What a process of the service says of itself. */
export type Telemetry = {
  readonly log: Log;
  /** Null where no metrics are kept. */
  readonly metrics: Registry | null;
  /** All metrics of this process, marked with its role; none where none are kept. */
  families(): Promise<Family[]>;
  close(): Promise<void>;
};

/** Begins to log, and to watch what is configured. Before a database is opened: its statements are watched from then. */
export function startTelemetry(config: Config, role: Role): Telemetry {
  const log = createLog({ level: config.logLevel, format: config.logFormat, role });
  const stops = [logRequests(log)];
  let metrics: Registry | null = null;
  if (config.metrics !== undefined) {
    metrics = new Registry();
    stops.push(collectProcessMetrics(metrics), watchStatements(metrics));
    stops.push(role === "api" ? watchRequests(metrics) : watchIntake(metrics));
  }
  let tracing: Tracing | undefined;
  if (isTracing(config.tracing)) {
    tracing = startTracing(config.tracing, log);
    stops.push(traceRequests(tracing.tracer));
  }
  return {
    log,
    metrics,
    families: async () => ofProcess(role, (await metrics?.families()) ?? []),
    close: async () => {
      for (const stop of stops) stop();
      await tracing?.close();
    },
  };
}

/** Says of each variable that looks like a setting and is none. */
export function warnOfUnknownVariables(log: Log): void {
  for (const warning of unknownVariables(process.env)) log.warn(warning);
}

/** Runs what listens; where it cannot, the error says itself what to do: another port, most often. */
export async function explained<Listening>(listen: () => Promise<Listening>): Promise<Listening> {
  try {
    return await listen();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CommandError(message, exitStatus.impossible);
  }
}
