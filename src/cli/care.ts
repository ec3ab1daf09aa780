import type { Command } from "commander";
import { checkTables, rebuildTables } from "../ingest/index.ts";
import { say, withDatabase } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { jsonLine, shownText } from "./output/shown-text.ts";

type Options = { readonly keyring?: string; readonly json?: boolean };

export function addCareCommands(program: Command): void {
  program
    .command("check")
    .description("recompute everything from the log, and name what differs in the tables")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print each difference as a line of JSON")
    .addHelpText(
      "after",
      `
Changes nothing.

Examples:
  $ pith-graph check

JSON: {"table", "key", "stored": null | row, "expected": null | row}, a line a difference.
Exit status: 0 where nothing differs, 1 where something does.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await runCheck(options);
    });
  program
    .command("rebuild")
    .description("recreate all derived tables from the log, also after a change of the keyring")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print what was done as one line of JSON")
    .addHelpText(
      "after",
      `
Readers go on meanwhile, and see the old tables or the new; writers wait.

Examples:
  $ pith-graph rebuild

JSON: {"removed": rows, "written": rows}.`,
    )
    .action(async (options: Options) => {
      await withDatabase(options, async ({ database, keyring }) => {
        const report = await rebuildTables(database, { keyring, onProgress: progress() });
        const { removed, written } = report;
        if (options.json === true) process.stdout.write(`${jsonLine({ removed, written })}\n`);
        else say(`${removed} rows taken out, ${written} put in`);
      });
    });
}

async function runCheck(options: Options): Promise<number> {
  const { counts, differences } = await withDatabase(options, ({ database, keyring }) =>
    checkTables(database, { keyring, onProgress: progress() }),
  );
  for (const difference of differences) {
    const { table, key, stored, expected } = difference;
    process.stdout.write(
      options.json === true
        ? `${jsonLine(difference)}\n`
        : `${table} ${shownText(key)}\n  is       ${shownText(stored ?? "missing")}\n  should be ${shownText(expected ?? "missing")}\n`,
    );
  }
  for (const [table, count] of counts)
    say(`${table}: ${count} ${count === 1 ? "row differs" : "rows differ"}`);
  if (counts.size === 0) say("Nothing differs.");
  else say("`pith-graph rebuild` puts it right.");
  return counts.size === 0 ? exitStatus.done : exitStatus.foundWrong;
}

/** A line now and then: these commands read the whole log. */
function progress(): (done: number, all: number) => void {
  let shown = performance.now();
  return (done, all) => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    say(`  ${done} of ${all} papers`);
  };
}
