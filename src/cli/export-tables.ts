import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import {
  bibliographyFile,
  bibliographyFormats,
  type CsvOptions,
  type ExportFile,
  type ExportFormat,
  graphFiles,
  graphFormats,
  type TableFormat,
  type TableName,
  tableFile,
  tableFormats,
  tableNames,
  withSnapshot,
  writeDump,
} from "../export/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import {
  describeWriteError,
  downloadExport,
  ExportProgress,
  exportUrlOption,
  type OutputOptions,
  summary,
  writeExport,
} from "./export-output.ts";
import { listenForInterruption } from "./interruption.ts";
import { outputOption, quietOption } from "./options.ts";
import { printStatus } from "./output/terminal.ts";

const rawOption = ["--raw", "CSV: don't escape texts that a spreadsheet would run as formulas"] as const;
const bomOption = ["--bom", "CSV: begin with a byte order mark, so that Excel reads UTF-8"] as const;

type TableOptions = OutputOptions & {
  readonly format: TableFormat;
  readonly url?: string;
  readonly raw?: boolean;
  readonly bom?: boolean;
};

export function addTableCommand(parent: Command): void {
  parent
    .command("table")
    .description("export one table, sorted by key")
    .addArgument(new Argument("<table>", "table to export").choices([...tableNames]))
    .addOption(new Option("--format <format>", "file format").choices([...tableFormats]).default("ndjson"))
    .option(...rawOption)
    .option(...bomOption)
    .option(...exportUrlOption)
    .option(...outputOption)
    .option(...quietOption)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export table citations --format csv | gzip > citations.csv.gz
  $ pith-graph export table papers --format parquet --output papers.parquet
  $ pith-graph export table papers --format csv --bom --output papers.csv
  $ pith-graph export table papers --url https://mirror.example.org > papers.ndjson

In CSV, texts that begin with =, +, -, @ or a tab get an apostrophe, so that spreadsheets don't run them as formulas.`,
    )
    .action(exportTable);
}

async function exportTable(
  table: TableName,
  { format, raw = false, bom = false, url, ...output }: TableOptions,
): Promise<void> {
  if (format === "parquet" && output.output === undefined && process.stdout.isTTY) {
    throw new CommandError("Parquet can't be printed to a terminal. Use --output <file>.", exitStatus.usage);
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

const formats: readonly ExportFormat[] = [...tableFormats, ...graphFormats, ...bibliographyFormats];

type DumpOptions = {
  readonly format: readonly ExportFormat[];
  readonly resume?: boolean;
  readonly raw?: boolean;
  readonly bom?: boolean;
  readonly quiet?: boolean;
};

export function addDumpCommand(parent: Command): void {
  parent
    .command("dump")
    .description("export a consistent snapshot of all tables to a folder, with hashes")
    .argument("<folder>", "new or empty folder")
    .option("--format <formats>", `comma-separated: ${formats.join(", ")}; or all`, readFormats, [
      "csv",
    ] as const)
    .option("--resume", "continue an interrupted export, if the tables have not changed")
    .option(...rawOption)
    .option(...bomOption)
    .option(...quietOption)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export dump dumps/monday --format csv,parquet
  $ pith-graph export dump dumps/monday --format csv,parquet --resume

A dump is complete once it has a datapackage.json.
Exit status: 1 if nothing was exported, for example because the tables have changed since the interrupted export.`,
    )
    .action(dump);
}

function readFormats(text: string): readonly ExportFormat[] {
  if (text === "all") return formats;
  const wanted = text.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !formats.some((format) => format === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Unknown format ${JSON.stringify(unknown)}.`);
  return formats.filter((format) => wanted.includes(format));
}

function filesOf(format: ExportFormat, options: CsvOptions): ExportFile[] {
  const table = tableFormats.find((known) => known === format);
  if (table !== undefined) return tableNames.map((name) => tableFile(name, table, options));
  const graph = graphFormats.find((known) => known === format);
  if (graph !== undefined) return graphFiles(graph, null);
  return bibliographyFormats.filter((known) => known === format).map((known) => bibliographyFile(known, {}));
}

async function dump(
  folder: string,
  { format, resume = false, raw = false, bom = false, quiet = false }: DumpOptions,
): Promise<void> {
  const interruption = listenForInterruption();
  const { signal } = interruption;
  const progress = new ExportProgress(!quiet);
  try {
    await withDatabase({}, async ({ database }) => {
      const set = await writeDump(database, {
        folder,
        files: format.flatMap((one) => filesOf(one, { raw, bom })),
        resume,
        signal,
        onProgress: (name, bytes) => progress.show(name, bytes),
        onFile: ({ name, bytes, rows, citations }, isNew) => {
          progress.end();
          if (!quiet)
            printStatus(`${summary(name, bytes, rows, citations)}${isNew ? "" : ", already exported"}`);
        },
      });
      if (!quiet) printStatus(`Exported ${folder}: data set ${set.version}, checksum ${set.checksum}.`);
    });
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw describeWriteError(error, folder);
    process.exitCode = interruption.status() ?? exitStatus.unavailable;
    throw new CommandError("Interrupted. Complete files are kept; continue with --resume.");
  }
}
