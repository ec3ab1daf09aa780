import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { readMinimumProof } from "../config/index.ts";
import {
  createIngestThreads,
  type Delivered,
  type FileSource,
  findSources,
  ingest,
  readSource,
} from "../ingest/index.ts";
import { say, withDatabase } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { giveWay } from "./give-way.ts";
import { listenForInterruption } from "./interruption.ts";
import { jsonLine } from "./output/shown-text.ts";
import { Progress, summaryJson, summaryLines } from "./progress.ts";
import { wholeNumber } from "./whole-number.ts";

type Options = {
  readonly minimumProof: string;
  readonly keyring?: string;
  readonly threads?: number;
  readonly batch?: number;
  readonly quiet?: boolean;
  readonly json?: boolean;
};

export function addIngestCommand(program: Command): void {
  program
    .command("ingest")
    .description("verify, merge and store documents: bundles and states")
    .argument("<paths...>", "files or folders: .json, .ndjson, each also .gz; - for standard input")
    .option(
      "--minimum-proof <proof>",
      "least proof of an event that is let in: hash, receipt or signed",
      "hash",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option(
      "--threads <number>",
      "threads that verify and write side by side (as many as processors)",
      wholeNumber(1, 64),
    )
    .option(
      "--batch <number>",
      "documents that are stored in one transaction (25 to begin with, later 600)",
      wholeNumber(1, 100_000),
    )
    .option("--quiet", "print only the summary")
    .option("--json", "print the summary as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph ingest bundles/ more.ndjson.gz
  $ cat bundle.json | pith-graph ingest --json -

JSON: {"documents", "merged", "unchanged", "rejected": {code: count}, "refusedEvents": {reason: count}}.
Exit status: 0; 1 where a document was refused (it is kept in quarantine, and the rest is stored).`,
    )
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await runIngest(paths, options);
    });
}

/** While one thread waits for the database the others verify; more than processors were measured to be slower. */
function usualThreads(): number {
  return Math.min(8, availableParallelism());
}

async function runIngest(paths: readonly string[], options: Options): Promise<number> {
  const { threads: count = usualThreads(), batch } = options;
  const minimumProof = readMinimumProof(options.minimumProof);
  const sources = await findSources(paths);
  const interruption = listenForInterruption();
  return withDatabase(options, async ({ config, database, keyring }) => {
    const size = sources.every((source) => source.size !== undefined)
      ? sources.reduce((sum, source) => sum + (source.size ?? 0), 0)
      : undefined;
    const progress = new Progress(size, options.quiet !== true);
    const door = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
    giveWay();
    const threads = createIngestThreads(database, door, count);
    const deliveries = all(sources, config.maximumDocumentBytes, (bytes) => progress.read(bytes));
    const summary = await ingest(database, deliveries, {
      ...door,
      threads,
      ...(batch === undefined ? {} : { batchDocuments: batch }),
      signal: interruption.signal,
      onBatch: (current) => progress.show(current),
      onRejection: ({ source, rejection }) =>
        progress.say(`${source}: ${rejection?.code}: ${rejection?.message}`),
    }).finally(() => threads.close());
    progress.end();
    if (options.json === true) process.stdout.write(`${jsonLine(summaryJson(summary))}\n`);
    else for (const line of summaryLines(summary)) say(line);
    const interrupted = interruption.status();
    if (interrupted !== undefined)
      say("Interrupted: what is counted here is stored; give the command again for the rest.");
    return interrupted ?? (summary.rejected.size > 0 ? exitStatus.foundWrong : exitStatus.done);
  });
}

async function* all(
  sources: readonly FileSource[],
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Delivered> {
  for (const source of sources) yield* readSource(source, maximumBytes, onRead);
}
