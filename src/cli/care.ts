import type { Command } from "commander";
import { checkTables, rebuildTables } from "../ingest/index.ts";
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
    .addHelpText("after", "\nReaders go on meanwhile, and see the old tables or the new; writers wait.")
    .action(async (options: Options) => {
      await withDatabase(options, async ({ database, keyring }) => {
        const report = await rebuildTables(database, { keyring, onProgress: rebuildProgress() });
        say(`${report.removed} rows taken out, ${report.written} put in`);
      });
    });
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
