import { type Command, InvalidArgumentError } from "commander";
import {
  bibliographyFile,
  bibliographyFormats,
  type CsvOptions,
  type ExportFile,
  type ExportFormat,
  graphFiles,
  graphFormats,
  tableFile,
  tableFormats,
  tableNames,
  writeDump,
} from "../export/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { ExportProgress, fileTrouble, summary } from "./export-output.ts";
import { bomHelp, rawHelp } from "./export-table.ts";
import { listenForInterruption } from "./interruption.ts";

const formats: readonly ExportFormat[] = [...tableFormats, ...graphFormats, ...bibliographyFormats];

type Options = {
  readonly format: readonly ExportFormat[];
  readonly resume?: boolean;
  readonly raw?: boolean;
  readonly bom?: boolean;
  readonly quiet?: boolean;
};

export function addExportDumpCommand(parent: Command): void {
  parent
    .command("dump")
    .description("export all tables of one moment into a folder, with a description and hashes")
    .argument("<folder>", "a new folder, or an empty one")
    .option(
      "--format <formats>",
      `one or more of ${formats.join(", ")}, separated by commas; or all`,
      readFormats,
      ["csv"] as const,
    )
    .option("--resume", "go on with an export that was left unfinished, where the tables are still the same")
    .option("--raw", rawHelp)
    .option("--bom", bomHelp)
    .option("--quiet", "say nothing of progress")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export dump dumps/monday --format csv,parquet
  $ pith-graph export dump dumps/monday --format csv,parquet --resume

datapackage.json comes last: a folder that has it is whole. Exit status: 0; 1 where nothing was exported, also
because the tables changed since the part that is there; 130 or 143 where it was interrupted.`,
    )
    .action(dump);
}

function readFormats(text: string): readonly ExportFormat[] {
  if (text === "all") return formats;
  const wanted = text.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !formats.some((format) => format === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`${JSON.stringify(unknown)} is no format.`);
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
  { format, resume = false, raw = false, bom = false, quiet = false }: Options,
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
          if (!quiet) say(`${summary(name, bytes, rows, citations)}${isNew ? "" : ", there already"}`);
        },
      });
      if (!quiet) say(`${folder} is whole: the set ${set.version}, checksum ${set.checksum}.`);
    });
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw fileTrouble(error, folder);
    process.exitCode = interruption.status() ?? exitStatus.impossible;
    throw new CommandError("Interrupted. What is whole stays; --resume goes on with it.");
  }
}
