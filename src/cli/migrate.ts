import type { Command } from "commander";
import { readConfig } from "../config/index.ts";
import { migrateDatabase, readSchemaState, schemaError } from "../store/index.ts";
import { type ExitStatus, exitStatus } from "./command-error.ts";
import { openUnmigratedDatabase, say } from "./context.ts";

export function addMigrateCommand(program: Command): void {
  program
    .command("migrate")
    .description("bring the tables up to date with this version, as every command does that opens a database")
    .option("--check", "change nothing: say whether they are")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph migrate
  $ pith-graph migrate --check

Several processes may do it at once: one does, the others wait.
Exit status: 0; 1 where, with --check, the tables are not up to date; 3 where they are those of a newer version, or of an
unreleased one.`,
    )
    .action(async ({ check = false }: { readonly check?: boolean }) => {
      process.exitCode = await runMigrate(check);
    });
}

async function runMigrate(isCheck: boolean): Promise<ExitStatus> {
  const database = await openUnmigratedDatabase(readConfig(), () => {});
  try {
    if (isCheck) {
      const schema = await readSchemaState(database.pool);
      const error = schemaError(schema, database.place);
      if (error !== null) throw error;
      const { state, pending } = schema;
      for (const tag of pending) say(`to be run: ${tag}`);
      if (state === "current") say("The tables are up to date.");
      return state === "current" ? exitStatus.done : exitStatus.foundWrong;
    }
    const run = await migrateDatabase(database, say);
    for (const tag of run) say(`run: ${tag}`);
    say("The tables are up to date.");
    return exitStatus.done;
  } finally {
    await database.close();
  }
}
