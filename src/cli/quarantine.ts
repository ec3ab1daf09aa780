import { type Command, InvalidArgumentError } from "commander";
import { listQuarantine, readQuarantined, removeQuarantined } from "../ingest/index.ts";
import { readOutstanding } from "../ingest/mirror/index.ts";
import { allowHostOption } from "./allow-host.ts";
import { CommandError } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { counted } from "./output/counted.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";
import { terminalText } from "./output/terminal-text.ts";
import { type RetryCommandOptions, runQuarantineRetry } from "./quarantine-retry.ts";
import { wholeNumber } from "./whole-number.ts";

/** The beginning of a SHA-256. */
function readHash(text: string): string {
  if (/^[0-9a-f]{4,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be 4 to 64 lower-case hex digits, as `quarantine list` has them.");
}

export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command("quarantine")
    .description("what was rejected: list it, show it, try it again, remove it");
  quarantine
    .command("list")
    .description(
      "the latest first: SHA-256, kind, reason, source; then the papers that could not be fetched yet",
    )
    .option("--limit <number>", "rows at most, up to 10000", wholeNumber(1, 10_000), 50)
    .option("--json", "print each as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph quarantine list
  $ pith-graph quarantine list --json --limit 1

JSON: {"contentSha256", "kind", "code", "message", "source", "receivedAt", …}, a line a row; of an outstanding paper
{"kind": "outstanding", "baseUrl", "paper", "code", "message", "attempts", "nextAttemptAt", …}.`,
    )
    .action(async (options: { readonly limit: number; readonly json?: boolean }) => {
      const { rows, outstanding } = await withDatabase({}, async ({ database }) => ({
        rows: await listQuarantine(database, options.limit),
        outstanding: (await readOutstanding(database)).slice(0, options.limit),
      }));
      for (const row of rows) {
        process.stdout.write(
          options.json === true
            ? `${jsonLine(row)}\n`
            : `${row.contentSha256.slice(0, 16)}  ${row.kind.padEnd(8)}  ${row.code}  ${shownText(row.source)}\n`,
        );
      }
      for (const paper of outstanding) {
        const { baseUrl, code, nextAttemptAt } = paper;
        process.stdout.write(
          options.json === true
            ? `${jsonLine({ kind: "outstanding", ...paper })}\n`
            : `outstanding  ${code}  ${shownText(`${baseUrl} ${paper.paper}`)}  next attempt ${nextAttemptAt}\n`,
        );
      }
      if (rows.length + outstanding.length === 0) say("Nothing is in quarantine.");
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
      "judge again what was rejected, say after a change of the keyring, and fetch again what could not be fetched",
    )
    .argument("[sha256]", "one row; without, everything, outstanding papers of mirrors included", readHash)
    .option(
      "--minimum-proof <proof>",
      "minimum proof of an accepted event: hash (take the source's word) or signed (default: what each source had to prove)",
    )
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option(...allowHostOption)
    .option("--json", "print what was done as one line of JSON")
    .addHelpText(
      "after",
      `
What is accepted is stored and leaves the quarantine.

Examples:
  $ pith-graph quarantine retry

JSON: {"documents", "events", "fetched": {"tried", "accepted"} each, "outstanding": papers left}.
Exit status: 0; 1 where the row that is named is not there, or cannot be retried; 3 where papers are still outstanding.`,
    )
    .action(async (prefix: string | undefined, options: RetryCommandOptions) => {
      process.exitCode = await runQuarantineRetry(prefix, options);
    });
  quarantine
    .command("remove")
    .description("delete rows for good")
    .argument("[sha256]", "one row, as listed; the beginning is enough where it fits one only", readHash)
    .option("--all", "all rows")
    .addHelpText("after", "\nExamples:\n  $ pith-graph quarantine remove --all")
    .action(async (prefix: string | undefined, { all = false }: { readonly all?: boolean }) => {
      if ((prefix === undefined) !== all) {
        throw new CommandError("Name a row, or give --all.", exitStatus.misused);
      }
      const removed = await withDatabase({}, async ({ database }) => {
        if (prefix === undefined) return removeQuarantined(database, "");
        const row = await readQuarantined(database, prefix);
        if (row === null) throw new CommandError(`Not in quarantine, or several begin so: ${prefix}`);
        return removeQuarantined(database, row.contentSha256);
      });
      say(`${counted(removed, "row")} removed`);
    });
}
