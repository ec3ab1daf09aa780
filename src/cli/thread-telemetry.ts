import { type Config, readConfig } from "../config/index.ts";
import { createLog } from "../log.ts";
import { isTracing, startTracing } from "../telemetry/tracing/start.ts";

/** The module by which a thread of `ingest` or `sync` traces what it does; null where no traces are wanted. */
export function threadWatcher({ tracing }: Config): string | null {
  return isTracing(tracing) ? import.meta.url : null;
}

/** In the thread: begins to trace its batches and their statements, as the environment says. */
export function watchThread(): () => Promise<void> {
  const { tracing, logLevel, logFormat } = readConfig();
  const log = createLog({ level: logLevel, format: logFormat, role: "ingest" });
  const { close } = startTracing(tracing, log);
  return close;
}
