import type { Command } from "commander";
import { findSources } from "../ingest/sources/files.ts";
import { StartedThread } from "../ingest/threads/started-thread.ts";
import { wholeNumber } from "./options.ts";
import { say } from "./output/terminal.ts";
import type { IngestCommandOptions } from "./run-ingest.ts";

export function addIngestCommand(program: Command): void {
  program
    .command("ingest")
    .description("verify, merge and store documents: bundles and states")
    .argument("<paths...>", "files or folders: .json, .ndjson, each also .gz; - for standard input")
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed",
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

A folder stands for the .json, .ndjson and .jsonl files below it, also .gz; symbolic links are followed.
JSON: {"documents", "merged", "unchanged", "rejected": {code: count}, "unacceptedEvents": {reason: count} of documents
rejected for their events, "refusedEvents": {reason: count} of documents that were accepted}.
Exit status: 0; 1 where a document was rejected (it is kept in quarantine, and the rest is stored), or there was none; 2 where
no event of a document was accepted, so that other keys are needed (--keyring).`,
    )
    .action(async (paths: string[], options: IngestCommandOptions) => {
      const sources = await findSources(paths, say);
      // It reads its code while this thread reads its own: a third of what one document takes.
      const thread = new StartedThread();
      try {
        const { runIngest } = await import("./run-ingest.ts");
        process.exitCode = await runIngest(sources, options, thread);
      } finally {
        await thread.close();
      }
    });
}
