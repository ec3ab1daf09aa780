import type { Command } from "commander";
import { type Config, readConfig } from "../config/index.ts";
import { createReadinessCheck, type MetricsServer, startMetricsServer } from "../server/index.ts";
import type { Database } from "../store/index.ts";
import { runWorker } from "../submissions/index.ts";
import { collectPoolMetrics, startTelemetry, type Telemetry } from "../telemetry/index.ts";
import { withoutStack } from "./command-error.ts";
import { optionOverrides, warnOfUnknownVariables } from "./config.ts";
import { type CommonOptions, withDatabase } from "./context.ts";
import { forceExit, listenForInterruption } from "./interruption.ts";
import { keyringOption } from "./options.ts";

export function addWorkerCommand(program: Command): void {
  program
    .command("worker")
    .description("verify and merge submitted documents; several workers can share a database")
    .option(...keyringOption)
    .option("--json", "log JSON lines (PITH_GRAPH_LOG_FORMAT=json)")
    .addHelpText("after", "\nExamples:\n  $ pith-graph worker")
    .action((options: WorkerOptions) => runWorkerCommand(options));
}

type WorkerOptions = CommonOptions & { readonly json?: boolean };

async function runWorkerCommand(options: WorkerOptions): Promise<void> {
  const isSupervised = process.channel !== undefined && process.channel !== null;
  const signal = isSupervised ? supervisorGone() : listenForInterruption().signal;
  const config = readConfig(process.env, optionOverrides({ logsJson: options.json }));
  const telemetry = startTelemetry(config, "worker");
  const { log } = telemetry;
  // Also if its supervisor is gone: no other process would end it.
  let killTimer: NodeJS.Timeout | undefined;
  const limitStop = () => {
    killTimer = forceExit(config.stopSeconds, log);
  };
  signal.addEventListener("abort", limitStop, { once: true });
  if (!isSupervised) warnOfUnknownVariables(log);
  let listener: MetricsServer | undefined;
  try {
    await withDatabase(options, async ({ database, keyring }) => {
      if (telemetry.metrics !== null) collectPoolMetrics(telemetry.metrics, { worker: database.pool });
      if (isSupervised) answerSupervisor(telemetry);
      else listener = await listenForMetrics(config, telemetry, { database, signal });
      let isAnnounced = isSupervised;
      await runWorker(database, {
        keyring,
        signal,
        onFault: ({ code, message }) => {
          if (!code.startsWith("23")) return log.warn({ code }, `Will retry: ${message}`);
          log.error(
            { code },
            `The database rejected a row: ${message}. No document is at fault; the batch is retried. Run \`pith-graph check\` to see the conflicting row and \`pith-graph rebuild\` to repair it.`,
          );
        },
        onListening: () => {
          if (!isAnnounced) log.info("Processing submissions. Press Ctrl-C to stop.");
          isAnnounced = true;
        },
      });
    });
  } finally {
    await listener?.close();
    await telemetry.close();
    if (process.connected) process.disconnect();
    clearTimeout(killTimer);
  }
}

/** A worker that runs alone serves its own metrics and health. */
async function listenForMetrics(
  { metrics: address }: Config,
  { families, log }: Telemetry,
  { database, signal }: { readonly database: Database; readonly signal: AbortSignal },
): Promise<MetricsServer | undefined> {
  if (address === undefined) return undefined;
  const readiness = createReadinessCheck({ database, isStopping: () => signal.aborted });
  const listener = await withoutStack(() =>
    startMetricsServer({ ...address, families: async () => [await families()], readiness }),
  );
  log.info({ host: address.host, port: listener.port }, "Serving metrics at /metrics.");
  return listener;
}

/** The supervising process serves the metrics of both. */
function answerSupervisor({ families }: Telemetry): void {
  process.on("message", async () => {
    const all = await families();
    // It may be gone by now.
    if (process.connected) process.send?.({ families: all }, () => {});
  });
}

/**
 * A worker that `serve` or `start` runs ends with it, however that ends: the channel between them closes. Ctrl-C
 * reaches both, but requests that wait for the worker come first.
 */
function supervisorGone(): AbortSignal {
  const controller = new AbortController();
  process.once("disconnect", () => controller.abort());
  if (!process.connected) controller.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  return controller.signal;
}
