import { Argument, type Command, Option } from "commander";
import {
  type TableFormat,
  type TableName,
  tableFile,
  tableFormats,
  tableNames,
  withSnapshot,
} from "../export/index.ts";
import { CommandError } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { exitStatus } from "./exit-status.ts";
import { type OutputOptions, writeExport } from "./export-output.ts";

type Options = OutputOptions & { readonly format: TableFormat };

export function addExportTableCommand(parent: Command): void {
  parent
    .command("table")
    .description("export one table: its rows in the order of what they are known by")
    .addArgument(new Argument("<table>", "which").choices([...tableNames]))
    .addOption(new Option("--format <format>", "as what").choices([...tableFormats]).default("ndjson"))
    .option("--output <file>", "write into this file, which is there once it is whole")
    .option("--quiet", "say nothing of progress")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export table citations --format csv | gzip > citations.csv.gz
  $ pith-graph export table papers --format parquet --output papers.parquet`,
    )
    .action(exportTable);
}

async function exportTable(table: TableName, { format, ...output }: Options): Promise<void> {
  if (format === "parquet" && output.output === undefined && process.stdout.isTTY) {
    throw new CommandError(
      "Parquet is nothing for a terminal: name a file with --output.",
      exitStatus.misused,
    );
  }
  await withDatabase({}, ({ database }) =>
    withSnapshot(database, (snapshot) => writeExport(snapshot, tableFile(table, format), output)),
  );
}
