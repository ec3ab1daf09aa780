import { readMinimumProof } from "../config/index.ts";
import {
  countDocument,
  type DryRun,
  emptyIngestSummary,
  type FileSource,
  planIngest,
  printChanges,
  readSource,
  type SourceDocument,
} from "../ingest/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { rejectionStatus, summaryLines } from "./ingest-summary.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";
import type { IngestCommandOptions } from "./run-ingest.ts";

/** The documents and the plan are kept in memory. */
const maxBytes = 256_000_000;

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
    if (options.json !== true) for (const line of summaryLines(summary)) say(line);
    return summary.documents === 0 ? exitStatus.foundWrong : rejectionStatus(summary);
  });
}

async function readAll(sources: readonly FileSource[], maximumBytes: number): Promise<SourceDocument[]> {
  const documents: SourceDocument[] = [];
  let bytes = 0;
  for (const source of sources) {
    for await (const document of readSource(source, maximumBytes, () => {})) {
      documents.push(document);
      bytes += "bytes" in document ? document.bytes.length : 0;
      if (bytes > maxBytes) {
        throw new CommandError(
          `A dry run plans all documents as one batch, and takes at most ${maxBytes / 1e6} MB of them: name fewer files.`,
          exitStatus.misused,
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
    const part = rejection === null && refused.length > 0 ? `, without ${refused.length} of its events` : "";
    stdout.write(`${shownText(`${source}: ${pithNumber ?? "?"} ${status}${part}${reason}`)}\n`);
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
