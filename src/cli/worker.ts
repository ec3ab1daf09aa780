import type { Command } from "commander";
import { type Config, readConfig } from "../config/index.ts";
import { createReadiness, type MetricsListener, startMetricsListener } from "../server/index.ts";
import type { Database } from "../store/index.ts";
import { runWorker } from "../submissions/index.ts";
import { collectPoolMetrics, startTelemetry, type Telemetry } from "../telemetry/index.ts";
import { explained } from "./command-error.ts";
import { givenOptions, warnOfUnknownVariables } from "./config.ts";
import { type CommonOptions, withDatabase } from "./context.ts";
import { endByForce, listenForInterruption } from "./interruption.ts";

export function addWorkerCommand(program: Command): void {
  program
    .command("worker")
    .description("verify and merge submitted documents; any number may run on one database")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "log lines of JSON (PITH_GRAPH_LOG_FORMAT=json)")
    .addHelpText("after", "\nExamples:\n  $ pith-graph worker")
    .action((options: WorkerOptions) => runWorkerCommand(options));
}

type WorkerOptions = CommonOptions & { readonly json?: boolean };

async function runWorkerCommand(options: WorkerOptions): Promise<void> {
  const isSupervised = process.channel !== undefined && process.channel !== null;
  const signal = isSupervised ? supervisorGone() : listenForInterruption().signal;
  const config = readConfig(process.env, givenOptions({ logsJson: options.json }));
  const telemetry = startTelemetry(config, "worker");
  const { log } = telemetry;
  // Also if its supervisor is gone: no other process would end it.
  let bound: NodeJS.Timeout | undefined;
  const boundStop = () => {
    bound = endByForce(config.stopSeconds, log);
  };
  signal.addEventListener("abort", boundStop, { once: true });
  if (!isSupervised) warnOfUnknownVariables(log);
  let listener: MetricsListener | undefined;
  try {
    await withDatabase(options, async ({ database, keyring }) => {
      if (telemetry.metrics !== null) collectPoolMetrics(telemetry.metrics, { worker: database.pool });
      if (isSupervised) tellSupervisor(telemetry);
      else listener = await listenForMetrics(config, telemetry, { database, signal });
      let isAnnounced = isSupervised;
      await runWorker(database, {
        keyring,
        signal,
        onFault: ({ code, message }) => {
          if (!code.startsWith("23")) return log.warn({ code }, `tried again later: ${message}`);
          log.error(
            { code },
            `The database refused a row: ${message}. No document is at fault; its batch is retried. \`pith-graph check\` shows the row, \`pith-graph rebuild\` mends it.`,
          );
        },
        onListening: () => {
          if (!isAnnounced) log.info("Working on submissions. Ctrl-C stops it.");
          isAnnounced = true;
        },
      });
    });
  } finally {
    await listener?.close();
    await telemetry.close();
    if (process.connected) process.disconnect();
    clearTimeout(bound);
  }
}

/** A worker that runs alone serves its own metrics and health. */
async function listenForMetrics(
  { metrics: address }: Config,
  { families, log }: Telemetry,
  { database, signal }: { readonly database: Database; readonly signal: AbortSignal },
): Promise<MetricsListener | undefined> {
  if (address === undefined) return undefined;
  const readiness = createReadiness({ database, isStopping: () => signal.aborted });
  const listener = await explained(() =>
    startMetricsListener({ ...address, families: async () => [await families()], readiness }),
  );
  log.info({ host: address.host, port: listener.port }, "metrics are at /metrics");
  return listener;
}

/** The supervising process serves the metrics of both. */
function tellSupervisor({ families }: Telemetry): void {
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
