import type { Command } from "commander";
import { readConfig } from "../config/index.ts";
import { distributeTables, migrateDatabase, readSchemaState, schemaError } from "../store/index.ts";
import { type ExitStatus, exitStatus } from "./command-error.ts";
import { openUnmigratedDatabase, withDatabase } from "./context.ts";
import { parseWholeNumber } from "./options.ts";
import { printStatus } from "./output/terminal.ts";

export function addSchemaCommands(program: Command): void {
  program
    .command("migrate")
    .description("upgrade the database schema")
    .option("--check", "only report whether the schema is up to date")
    .addHelpText(
      "after",
      `
Every command that writes also upgrades the schema. If several processes migrate at once, one does the work and the
others wait.

Examples:
  $ pith-graph migrate
  $ pith-graph migrate --check

Exit status: 1 if --check finds pending migrations, 3 if the schema is from a newer or unreleased version.`,
    )
    .action(async ({ check = false }: { readonly check?: boolean }) => {
      process.exitCode = await runMigrate(check);
    });
  const shardCount = parseWholeNumber(1, 1_024);
  program
    .command("distribute")
    .description("distribute the tables over the servers of a Citus cluster (docs/scaling.md)")
    .option("--shards <number>", "shards of paper and lookup tables", shardCount, 32)
    .option("--graph-shards <number>", "shards of work and citation tables", shardCount, 8)
    .addHelpText("after", "\nExamples:\n  $ pith-graph distribute --shards 64")
    .action((options: DistributeCommandOptions) => runDistribute(options));
}

async function runMigrate(isCheck: boolean): Promise<ExitStatus> {
  const database = await openUnmigratedDatabase(readConfig(), () => {});
  try {
    if (isCheck) {
      const schema = await readSchemaState(database.pool);
      const error = schemaError(schema, database.place);
      if (error !== null) throw error;
      for (const tag of schema.pending) printStatus(`pending: ${tag}`);
      if (schema.state !== "current") return exitStatus.failed;
    } else {
      for (const tag of await migrateDatabase(database, printStatus)) printStatus(`applied: ${tag}`);
    }
    printStatus("The schema is up to date.");
    return exitStatus.done;
  } finally {
    await database.close();
  }
}

type DistributeCommandOptions = { readonly shards: number; readonly graphShards: number };

async function runDistribute(options: DistributeCommandOptions): Promise<void> {
  await withDatabase({}, ({ database }) =>
    distributeTables(database, {
      ...options,
      onCitationsCopied: (done) =>
        printStatus(`citations: ${done === "created" ? "copied" : "already copied"}`),
      onTable: (table, done) =>
        printStatus(`${table}: ${done === "distributed" ? done : "already distributed"}`),
    }),
  );
}
