import { availableParallelism } from "node:os";
import { readMinimumProof } from "../config/index.ts";
import {
  createIngestThreads,
  type FileSource,
  type IngestThread,
  ingest,
  readSource,
  type SourceDocument,
} from "../ingest/index.ts";
import { threadWatcher } from "../telemetry/index.ts";
import { exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { giveWay } from "./give-way.ts";
import { rejectionStatus, summaryJson, summaryLines } from "./ingest-summary.ts";
import { listenForInterruption } from "./interruption.ts";
import { jsonLine } from "./output/shown-text.ts";
import { Progress } from "./progress.ts";

export type IngestCommandOptions = {
  readonly minimumProof: string;
  readonly keyring?: string;
  readonly threads?: number;
  readonly batch?: number;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
};

/** Threads verify while one waits for the database; more threads than processors were measured to be slower. */
function usualThreads(): number {
  return Math.min(8, availableParallelism());
}

/** Runs `pith-graph ingest`, with its first thread; returns the exit status. */
export async function runIngest(
  sources: readonly FileSource[],
  options: IngestCommandOptions,
  thread: IngestThread,
): Promise<number> {
  const { threads: count = usualThreads(), batch } = options;
  const minimumProof = readMinimumProof(options.minimumProof);
  const interruption = listenForInterruption();
  return withDatabase(options, async ({ config, database, keyring }) => {
    const size = sources.every((source) => source.size !== undefined)
      ? sources.reduce((sum, source) => sum + (source.size ?? 0), 0)
      : undefined;
    const progress = new Progress(size, options.quiet !== true);
    const door = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
    giveWay();
    const threads = createIngestThreads(database, door, count, {
      first: thread,
      watcher: threadWatcher(config),
    });
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
    return interrupted ?? (summary.documents === 0 ? exitStatus.foundWrong : rejectionStatus(summary));
  });
}

async function* all(
  sources: readonly FileSource[],
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  for (const source of sources) yield* readSource(source, maximumBytes, onRead);
}
