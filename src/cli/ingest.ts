import type { Command } from "commander";
import { readMinimumProof } from "../config.ts";
import { type Delivered, type FileSource, findSources, ingest, readSource } from "../ingest/index.ts";
import { say, withDatabase } from "./context.ts";
import { listenForInterruption } from "./interruption.ts";
import { Progress, summaryLines } from "./progress.ts";

type Options = { readonly minimumProof: string; readonly keyring?: string; readonly quiet?: boolean };

/** Exit status where a document was refused. */
const refusedStatus = 2;

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
    .option("--quiet", "print only the summary")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph ingest bundles/ more.ndjson.gz
  $ curl -s https://example.org/bundle.json | pith-graph ingest -

Exit status: 0; ${refusedStatus} where a document was refused (it is kept in quarantine); 1 on any other error.`,
    )
    .action(async (paths: string[], options: Options) => {
      process.exitCode = await runIngest(paths, options);
    });
}

async function runIngest(paths: readonly string[], options: Options): Promise<number> {
  const minimumProof = readMinimumProof(options.minimumProof);
  const sources = await findSources(paths);
  const interruption = listenForInterruption();
  return withDatabase(options, async ({ config, database, keyring }) => {
    const size = sources.every((source) => source.size !== undefined)
      ? sources.reduce((sum, source) => sum + (source.size ?? 0), 0)
      : undefined;
    const progress = new Progress(size, options.quiet !== true);
    const deliveries = all(sources, config.maximumDocumentBytes, (bytes) => progress.read(bytes));
    const summary = await ingest(database, deliveries, {
      keyring,
      minimumProof,
      signal: interruption.signal,
      maximumBytes: config.maximumDocumentBytes,
      onBatch: (current) => progress.show(current),
      onRejection: ({ source, rejection }) =>
        progress.say(`${source}: ${rejection?.code}: ${rejection?.message}`),
    });
    progress.end();
    for (const line of summaryLines(summary)) say(line);
    const interrupted = interruption.status();
    if (interrupted !== undefined)
      say("Interrupted: what is counted here is stored; give the command again for the rest.");
    return interrupted ?? (summary.rejected.size > 0 ? refusedStatus : 0);
  });
}

async function* all(
  sources: readonly FileSource[],
  maximumBytes: number,
  onRead: (bytes: number) => void,
): AsyncGenerator<Delivered> {
  for (const source of sources) yield* readSource(source, maximumBytes, onRead);
}
