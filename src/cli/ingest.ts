import type { Command } from "commander";
import { findSources, IngestThread } from "../ingest/index.ts";
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
    .option(
      "--dry-run",
      "write nothing: print what would become of each document, and which rows would change",
    )
    .option("--quiet", "print only the summary")
    .option(
      "--json",
      "print the summary as one line of JSON; of a dry run a line for each document and each row",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph ingest bundles/ more.ndjson.gz
  $ cat bundle.json | pith-graph ingest --json -
  $ pith-graph ingest --dry-run bundles/

A folder stands for the .json, .ndjson and .jsonl files below it, also .gz; symbolic links are followed.
JSON: {"documents", "merged", "unchanged", "rejected": {code: count}, "unacceptedEvents": {reason: count} of documents
rejected for their events, "refusedEvents": {reason: count} of documents that were accepted}.
JSON of a dry run, one line each: documents {"source", "pithNumber", "status": "merged" | "unchanged" | "rejected",
"rejection": {"code", "message"} | null, "refused": [{"id", "reason"}]}; then rows {"action": "insert" | "update" | "delete" |
"add", "table", "row": {column: value}}. 64-bit integers are decimal strings, bytes are hexadecimal after \\x, instants are UTC.
An update has the key and the columns that may differ, a deletion the key or its first column, which stands for all rows that
begin so; "add" is added to a total. Positions of feeds and the contents of quarantine are left out. A dry run takes all
documents as one batch, at most 256 MB.
Exit status: 0; 1 where a document was rejected (it is kept in quarantine, and the rest is stored), or there was none; 2 where
no event of a document was accepted, so that other keys are needed (--keyring).`,
    )
    .action(async (paths: string[], options: IngestCommandOptions) => {
      const sources = await findSources(paths, say);
      if (options.dryRun === true) {
        process.exitCode = await (await import("./dry-run.ts")).runDryRun(sources, options);
        return;
      }
      // The new thread loads its code while this one loads its own: a third of the time for one document.
      const thread = new IngestThread();
      try {
        const { runIngest } = await import("./run-ingest.ts");
        process.exitCode = await runIngest(sources, options, thread);
      } finally {
        await thread.close();
      }
    });
}
