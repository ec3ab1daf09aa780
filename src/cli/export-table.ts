import { Argument, type Command, Option } from "commander";
import {
  type TableFormat,
  type TableName,
  tableFile,
  tableFormats,
  tableNames,
  withSnapshot,
} from "../export/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { downloadExport, exportUrlOption } from "./export-download.ts";
import { type OutputOptions, writeExport } from "./export-output.ts";

type Options = OutputOptions & {
  readonly format: TableFormat;
  readonly raw?: boolean;
  readonly bom?: boolean;
  readonly url?: string;
};

export function addExportTableCommand(parent: Command): void {
  parent
    .command("table")
    .description("export one table: its rows in the order of what they are known by")
    .addArgument(new Argument("<table>", "which").choices([...tableNames]))
    .addOption(new Option("--format <format>", "as what").choices([...tableFormats]).default("ndjson"))
    .option("--raw", rawHelp)
    .option("--bom", bomHelp)
    .option(...exportUrlOption)
    .option("--output <file>", "write into this file, which is there once it is whole")
    .option("--quiet", "say nothing of progress")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export table citations --format csv | gzip > citations.csv.gz
  $ pith-graph export table papers --format parquet --output papers.parquet
  $ pith-graph export table papers --format csv --bom --output papers.csv
  $ pith-graph export table papers --url https://mirror.example.org > papers.ndjson

In CSV, texts that begin with =, +, -, @ or a tab have an apostrophe before them, so that a spreadsheet runs none.`,
    )
    .action(exportTable);
}

/** Help of CSV's options, here and in a dump. */
export const rawHelp = "CSV: texts as they are stored, also those that a spreadsheet would run as formulas";
export const bomHelp = "CSV: begin with a byte order mark, so that Excel reads UTF-8";

async function exportTable(
  table: TableName,
  { format, raw = false, bom = false, url, ...output }: Options,
): Promise<void> {
  if (format === "parquet" && output.output === undefined && process.stdout.isTTY) {
    throw new CommandError(
      "Parquet is nothing for a terminal: name a file with --output.",
      exitStatus.misused,
    );
  }
  const file = tableFile(table, format, { raw, bom });
  if (url !== undefined) {
    const flags = Object.entries({ raw, bom }).filter(([, isSet]) => isSet);
    await downloadExport(url, file, new URLSearchParams(flags.map(([name]) => [name, "true"])), output);
    return;
  }
  await withDatabase({}, ({ database }) =>
    withSnapshot(database, (snapshot) => writeExport(snapshot, file, output)),
  );
}
