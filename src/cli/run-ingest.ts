import { availableParallelism } from "node:os";
import { readMinimumProof } from "../config/index.ts";
import {
  countDocument,
  createIngestThreads,
  type DryRun,
  emptyIngestSummary,
  type FileSource,
  type IngestThread,
  ingest,
  planIngest,
  printChanges,
  readSource,
  type SourceDocument,
} from "../ingest/index.ts";
import { threadWatcher } from "../telemetry/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { reportFirstLoad, unfinishedLoad } from "./first-load.ts";
import { rejectionStatus, summaryJson, summaryLines } from "./ingest-summary.ts";
import { listenForInterruption } from "./interruption.ts";
import { lowerPriority } from "./lower-priority.ts";
import { jsonLine, sanitize } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";
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
function defaultThreads(): number {
  return Math.min(8, availableParallelism());
}

/** Runs `pith-graph ingest`, with its first thread; returns the exit status. */
export async function runIngest(
  sources: readonly FileSource[],
  options: IngestCommandOptions,
  thread: IngestThread,
): Promise<number> {
  const { threads: count = defaultThreads(), batch } = options;
  const minimumProof = readMinimumProof(options.minimumProof);
  const interruption = listenForInterruption();
  return withDatabase(options, async ({ config, database, keyring }) => {
    const size = sources.every((source) => source.size !== undefined)
      ? sources.reduce((sum, source) => sum + (source.size ?? 0), 0)
      : undefined;
    const progress = new Progress(size, options.quiet !== true);
    const policy = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
    lowerPriority();
    const threads = createIngestThreads(database, policy, count, {
      first: thread,
      watcher: threadWatcher(config),
    });
    const documents = readSources(sources, config.maximumDocumentBytes, (bytes) => progress.read(bytes));
    const summary = await ingest(database, documents, {
      ...policy,
      threads,
      ...(batch === undefined ? {} : { batchDocuments: batch }),
      firstLoad: reportFirstLoad((line) => progress.print(line)),
      signal: interruption.signal,
      onBatch: (current) => progress.showSummary(current),
      onRejection: ({ source, rejection }) =>
        progress.print(`${source}: ${rejection?.code}: ${rejection?.message}`),
    }).finally(() => threads.close());
    progress.end();
    if (options.json === true) process.stdout.write(`${jsonLine(summaryJson(summary))}\n`);
    else for (const line of summaryLines(summary)) printStatus(line);
    const interrupted = interruption.status();
    if (interrupted !== undefined)
      printStatus("Interrupted. The documents counted above are stored; run the command again for the rest.");
    const unfinished = await unfinishedLoad(database);
    if (unfinished !== null && interrupted !== undefined)
      printStatus(`${unfinished} The next \`pith-graph ingest\` or \`pith-graph start\` builds them.`);
    return interrupted ?? (summary.documents === 0 ? exitStatus.failed : rejectionStatus(summary));
  });
}

async function* readSources(
  sources: readonly FileSource[],
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<SourceDocument> {
  for (const source of sources) yield* readSource(source, maximumBytes, onRead);
}

/** Limit of a dry run: its documents and its plan are kept in memory. */
const maxDryRunBytes = 256_000_000;

/** Runs `pith-graph ingest --dry-run`; returns the exit status that the same ingest would have. */
export async function runDryRun(
  sources: readonly FileSource[],
  options: IngestCommandOptions,
): Promise<number> {
  const minimumProof = readMinimumProof(options.minimumProof);
  return withDatabase(options, async ({ config, database, keyring }) => {
    const documents = await readAll(sources, config.maximumDocumentBytes);
    const policy = { keyring, minimumProof, maximumBytes: config.maximumDocumentBytes };
    const dryRun = await planIngest(database, documents, policy);
    if (options.json === true) printJson(dryRun);
    else printText(dryRun, options.quiet === true);
    const summary = emptyIngestSummary();
    for (const result of dryRun.results) countDocument(summary, result);
    if (options.json !== true) for (const line of summaryLines(summary)) printStatus(line);
    return summary.documents === 0 ? exitStatus.failed : rejectionStatus(summary);
  });
}

async function readAll(sources: readonly FileSource[], maximumBytes: number): Promise<SourceDocument[]> {
  const documents: SourceDocument[] = [];
  let bytes = 0;
  for (const source of sources) {
    for await (const document of readSource(source, maximumBytes, () => {})) {
      documents.push(document);
      bytes += "bytes" in document ? document.bytes.length : 0;
      if (bytes > maxDryRunBytes) {
        throw new CommandError(
          `A dry run takes at most ${maxDryRunBytes / 1e6} MB of documents. Name fewer files.`,
          exitStatus.usage,
        );
      }
    }
  }
  return documents;
}

function printJson(dryRun: DryRun): void {
  const { stdout } = process;
  for (const result of dryRun.results) stdout.write(`${jsonLine(result)}\n`);
  for (const change of printChanges(dryRun)) stdout.write(`${jsonLine(change)}\n`);
}

function printText({ results, plan, quarantine }: DryRun, isQuiet: boolean): void {
  const { stdout } = process;
  for (const { source, pithNumber, status, rejection, refused } of isQuiet ? [] : results) {
    const reason = rejection === null ? "" : ` ${rejection.code}: ${rejection.message}`;
    const part = rejection === null && refused.length > 0 ? `, ${refused.length} of its events rejected` : "";
    stdout.write(`${sanitize(`${source}: ${pithNumber ?? "?"} ${status}${part}${reason}`)}\n`);
  }
  const tables = new Map<string, { insert: number; update: number; delete: number }>();
  for (const { action, table, count } of [...plan.changes, quarantine]) {
    const counts = tables.get(table) ?? { insert: 0, update: 0, delete: 0 };
    counts[action] += count;
    tables.set(table, counts);
  }
  stdout.write(
    `${"rows".padEnd(18)}${["insert", "update", "delete"].map((name) => name.padStart(9)).join("")}\n`,
  );
  for (const [table, counts] of [...tables].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (counts.insert + counts.update + counts.delete === 0) continue;
    const cells = [counts.insert, counts.update, counts.delete];
    stdout.write(`${table.padEnd(18)}${cells.map((count) => String(count).padStart(9)).join("")}\n`);
  }
}
