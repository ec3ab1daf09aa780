import { type Command, InvalidArgumentError } from "commander";
import { readMinimumProof } from "../config/index.ts";
import { listQuarantine, readQuarantined, retryQuarantined } from "../ingest/index.ts";
import { CommandError } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";
import { terminalText } from "./output/terminal-text.ts";
import { wholeNumber } from "./whole-number.ts";

/** The beginning of a SHA-256. */
function readHash(text: string): string {
  if (/^[0-9a-f]{4,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 4 to 64 lower-case hex digits, as `quarantine list` has them.");
}

export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command("quarantine")
    .description("what was refused at the door: list it, show it, try it again");
  quarantine
    .command("list")
    .description("the latest first: SHA-256, kind, reason, source")
    .option("--limit <number>", "rows at most, up to 10000", wholeNumber(1, 10_000), 50)
    .option("--json", "print each as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph quarantine list
  $ pith-graph quarantine list --json --limit 1

JSON: {"contentSha256", "kind", "code", "message", "source", "receivedAt", …}, a line a row.`,
    )
    .action(async (options: { readonly limit: number; readonly json?: boolean }) => {
      const rows = await withDatabase({}, ({ database }) => listQuarantine(database, options.limit));
      for (const row of rows) {
        process.stdout.write(
          options.json === true
            ? `${jsonLine(row)}\n`
            : `${row.contentSha256.slice(0, 16)}  ${row.kind.padEnd(8)}  ${row.code}  ${shownText(row.source)}\n`,
        );
      }
      if (rows.length === 0) say("Nothing is in quarantine.");
    });
  quarantine
    .command("show")
    .description("the reason on standard error, the content on standard output")
    .argument("<sha256>", "as listed; the beginning is enough where it fits one only", readHash)
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine show 3f8a21c0 > document.json")
    .action(async (prefix: string) => {
      const row = await withDatabase({}, ({ database }) => readQuarantined(database, prefix));
      if (row === null) throw new CommandError(`Not in quarantine, or several begin so: ${prefix}`);
      say(`${row.kind} from ${row.source} at ${row.receivedAt}: ${row.code}: ${row.message}`);
      if (row.content === null) throw new CommandError("The content was too large to be kept.");
      process.stdout.write(process.stdout.isTTY ? terminalText(row.content.toString()) : row.content);
    });
  quarantine
    .command("retry")
    .description(
      "take documents in again, say after a change of the keyring; those let in leave the quarantine",
    )
    .argument("[sha256]", "one of them; without, all documents whose content was kept", readHash)
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed",
      "hash",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print what was done as one line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph quarantine retry

JSON: {"tried", "letIn"}. Exit status: 1 where the one that is named is not there, or its content was not kept.`,
    )
    .action(
      async (
        prefix: string | undefined,
        options: { readonly minimumProof: string; readonly keyring?: string; readonly json?: boolean },
      ) => {
        const minimumProof = readMinimumProof(options.minimumProof);
        const { tried, letIn } = await withDatabase(options, ({ config, database, keyring }) =>
          retryQuarantined(database, prefix ?? "", {
            keyring,
            minimumProof,
            maximumBytes: config.maximumDocumentBytes,
          }),
        );
        if (options.json === true) process.stdout.write(`${jsonLine({ tried, letIn })}\n`);
        else say(`${tried} tried, ${letIn} let in`);
        if (prefix !== undefined && tried === 0) process.exitCode = exitStatus.foundWrong;
      },
    );
}
