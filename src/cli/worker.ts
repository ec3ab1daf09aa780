import type { Command } from "commander";
import { runWorker } from "../ingest/submissions/index.ts";
import { type CommonOptions, say, withDatabase } from "./context.ts";
import { listenForInterruption } from "./interruption.ts";

export function addWorkerCommand(program: Command): void {
  program
    .command("worker")
    .description("verify and merge submitted documents; any number may run on one database")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .addHelpText("after", "\nExamples:\n  $ pith-graph worker")
    .action((options: CommonOptions) => runWorkerCommand(options));
}

async function runWorkerCommand(options: CommonOptions): Promise<void> {
  const isSupervised = process.channel !== undefined && process.channel !== null;
  const signal = isSupervised ? supervisorGone() : listenForInterruption().signal;
  await withDatabase(options, async ({ database, keyring }) => {
    let isAnnounced = isSupervised;
    await runWorker(database, {
      keyring,
      signal,
      onFault: ({ code, message }) => say(`worker: ${code}: ${message}; tried again later`),
      onListening: () => {
        if (!isAnnounced) say("Working on submissions. Ctrl-C stops it.");
        isAnnounced = true;
      },
    });
  });
  if (process.connected) process.disconnect();
}

/**
 * A worker that `serve` or `start` runs ends with it, however that ends: the channel between them closes. Ctrl-C reaches
 * both, but requests that wait for the worker come first.
 */
function supervisorGone(): AbortSignal {
  const controller = new AbortController();
  process.once("disconnect", () => controller.abort());
  if (!process.connected) controller.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  return controller.signal;
}
