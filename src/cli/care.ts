import type { Command } from "commander";
import { checkTables, rebuildTables, WouldDropEventsError } from "../ingest/index.ts";
import { CommandError } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";

type Options = { readonly keyring?: string; readonly json?: boolean };

export function addCareCommands(program: Command): void {
  program
    .command("check")
    .description("recompute everything from the log, and name what differs in the tables")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--json", "print each difference as a line of JSON")
    .addHelpText("after", "\nChanges nothing. Exit status: 0 where nothing differs, 1 where something does.")
    .action(async (options: Options) => {
      process.exitCode = await runCheck(options);
    });
  program
    .command("rebuild")
    .description("recreate all derived tables from the log, also after a change of the keyring")
    .option("--keyring <file>", "JSON file of keys to trust besides the registry's")
    .option("--drop-events", "let events leave the log that the keyring does not let in any more")
    .addHelpText("after", "\nReaders go on meanwhile, and see the old tables or the new; writers wait.")
    .action(async (options: Options & { readonly dropEvents?: boolean }) => {
      await withDatabase(options, async ({ database, keyring }) => {
        const mayDropEvents = options.dropEvents === true;
        const report = await rebuildTables(database, {
          keyring,
          mayDropEvents,
          onProgress: rebuildProgress(),
        }).catch(explainDrop);
        say(`${report.removed} rows taken out, ${report.written} put in`);
      });
    });
}

/** A keyring that was forgotten must not cost what it had let in. */
function explainDrop(error: unknown): never {
  if (!(error instanceof WouldDropEventsError)) throw error;
  throw new CommandError(
    `${error.message} A rebuild would take them out of the log for good. Give the keyring that let them in (--keyring), ` +
      "or, where its keys are trusted no more, --drop-events. Nothing was changed.",
  );
}

async function runCheck(options: Options): Promise<number> {
  const { counts, differences } = await withDatabase(options, ({ database, keyring }) =>
    checkTables(database, { keyring, onProgress: rebuildProgress() }),
  );
  for (const difference of differences) {
    const { table, key, stored, expected } = difference;
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify(difference)}\n`
        : `${table} ${key}\n  is       ${stored ?? "missing"}\n  should be ${expected ?? "missing"}\n`,
    );
  }
  for (const [table, count] of counts)
    say(`${table}: ${count} ${count === 1 ? "row differs" : "rows differ"}`);
  if (counts.size === 0) say("Nothing differs.");
  else say("`pith-graph rebuild` puts it right.");
  return counts.size === 0 ? 0 : 1;
}

/** A line now and then: these commands read the whole log. */
export function rebuildProgress(): (done: number, all: number) => void {
  let shown = performance.now();
  return (done, all) => {
    if (performance.now() - shown < 5000) return;
    shown = performance.now();
    say(`  ${done} of ${all} papers`);
  };
}
