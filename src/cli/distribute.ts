import type { Command } from "commander";
import { CitusMissingError, distributeTables } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { wholeNumber } from "./options.ts";

const shardCount = wholeNumber(1, 1_024);

type Options = { readonly shards: number; readonly graphShards: number };

export function addDistributeCommand(program: Command): void {
  program
    .command("distribute")
    .description("distribute the tables over the servers of a Citus cluster (docs/scaling.md)")
    .option("--shards <number>", "shards of the papers and of the look-ups", shardCount, 32)
    .option("--graph-shards <number>", "shards of the works and citations", shardCount, 8)
    .addHelpText("after", "\nExamples:\n  $ pith-graph distribute --shards 64")
    .action((options: Options) => runDistribute(options));
}

async function runDistribute(options: Options): Promise<void> {
  await withDatabase({}, async ({ database }) => {
    try {
      await distributeTables(database, {
        ...options,
        onCitationsDuplicated: (done) => say(`citations ${done === "kept twice" ? "are kept twice" : done}`),
        onTable: (table, done) => say(`${table} ${done === "distributed" ? "is distributed" : done}`),
      });
    } catch (error) {
      throw error instanceof CitusMissingError
        ? new CommandError(error.message, exitStatus.impossible)
        : error;
    }
  });
}
