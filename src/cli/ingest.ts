import type { Command } from "commander";
import { findSources, IngestThread } from "../ingest/index.ts";
import { keyringOption, minimumProofOption, parseWholeNumber } from "./options.ts";
import { printStatus } from "./output/terminal.ts";
import type { IngestCommandOptions } from "./run-ingest.ts";

export function addIngestCommand(program: Command): void {
  program
    .command("ingest")
    .description("verify and import documents: bundles and states")
    .argument("<paths...>", "files or folders: .json, .ndjson, also .gz; - for standard input")
    .option(...minimumProofOption, "hash")
    .option(...keyringOption)
    .option(
      "--threads <number>",
      "threads that verify and write (as many as processors)",
      parseWholeNumber(1, 64),
    )
    .option(
      "--batch <number>",
      "documents per transaction (25 at first, then 600)",
      parseWholeNumber(1, 100_000),
    )
    .option("--dry-run", "only print what would happen to each document, and which rows would change")
    .option("--quiet", "print only the summary")
    .option("--json", "print the summary as one line of JSON; with --dry-run, a line per document and row")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph ingest bundles/ more.ndjson.gz
  $ cat bundle.json | pith-graph ingest --json -
  $ pith-graph ingest --dry-run bundles/

In a folder, all .json, .ndjson and .jsonl files are imported, also .gz; symbolic links are followed. Rejected
documents go to quarantine.

JSON: {"documents", "merged", "unchanged", "rejected": {code: count}, "unacceptedEvents": {reason: count}, "refusedEvents":
{reason: count}}; the events are those of documents that were rejected because of them, and of accepted documents.
JSON of a dry run, one line each: first the documents, {"source", "pithNumber", "status": "merged" | "unchanged" | "rejected",
"rejection": {"code", "message"} | null, "refused": [{"id", "reason"}]}; then the rows, {"action": "insert" | "update" | "delete" |
"add", "table", "row": {column: value}}. 64-bit integers are decimal strings, bytes are hexadecimal after \\x, times are UTC.
An update has the key and the columns that may differ. A deletion has the key, or the first column of the key of all rows
to delete. "add" is added to a total. Feed positions and the contents of quarantine are left out. A dry run treats all
documents as one batch of at most 256 MB.
Exit status: 1 if a document was rejected or there was none; 2 if every event of a document was rejected, so that other keys
are needed (--keyring).`,
    )
    .action(async (paths: string[], options: IngestCommandOptions) => {
      const sources = await findSources(paths, printStatus);
      if (options.dryRun === true) {
        process.exitCode = await (await import("./run-ingest.ts")).runDryRun(sources, options);
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
