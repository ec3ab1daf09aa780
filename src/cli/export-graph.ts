import { type Command, Option } from "commander";
import { prepareLoaders, workColumns } from "../api/index.ts";
import {
  type ExportedNeighbourhood,
  type ExportFile,
  type GraphFormat,
  graphFiles,
  graphFormats,
  withSnapshot,
} from "../export/index.ts";
import type { Database } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { say, withDatabase } from "./context.ts";
import { downloadExport, exportUrlOption } from "./export-download.ts";
import { type OutputOptions, writeExport } from "./export-output.ts";
import { parseWholeNumber, quietOption } from "./options.ts";

type Options = OutputOptions & {
  readonly format: GraphFormat;
  readonly depth: number;
  readonly direction: "references" | "cited-by" | "both";
  readonly maximumWorks: number;
  readonly url?: string;
};

const directions = { references: "REFERENCES", "cited-by": "CITED_BY", both: "BOTH" } as const;

export function addExportGraphCommand(parent: Command): void {
  parent
    .command("graph")
    .description("export the citation graph, or the part around some works")
    .argument("[refs...]", "works to start from: arXiv ids, DOIs, Pith numbers (default: all works)")
    .addOption(new Option("--format <format>", "file format").choices([...graphFormats]).default("graphml"))
    .option("--depth <steps>", "maximum steps from these works", parseWholeNumber(0, 100), 1)
    .addOption(
      new Option("--direction <direction>", "follow references, citations, or both")
        .choices(Object.keys(directions))
        .default("both"),
    )
    .option(
      "--maximum-works <number>",
      "maximum works: the nearest and most cited",
      parseWholeNumber(1, 1_000_000),
      100_000,
    )
    .option(...exportUrlOption)
    .option(
      "--output <file>",
      "write to this file (atomically); for vosviewer, the prefix of both file names",
    )
    .option(...quietOption)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export graph hep-th/9711200 --depth 2 > graph.graphml
  $ pith-graph export graph --format pajek --output all.net
  $ pith-graph export graph 2302.12192 --format vosviewer --output around

The last example writes around-map.txt and around-network.txt.`,
    )
    .action((refs: readonly string[], options: Options) => exportGraph(refs, options));
}

async function exportGraph(refs: readonly string[], options: Options): Promise<void> {
  const { format, depth, direction, maximumWorks, url, output, quiet = false } = options;
  if (format === "vosviewer" && output === undefined) {
    throw new CommandError(
      "The vosviewer format has two files. Name their prefix with --output <prefix>.",
      exitStatus.usage,
    );
  }
  const outputOf = (file: ExportFile, { length }: readonly ExportFile[]) => ({
    quiet,
    ...(output === undefined
      ? {}
      : { output: output + (length === 1 ? "" : file.name.replace("vosviewer", "")) }),
  });
  if (url !== undefined) {
    const parameters = new URLSearchParams([
      ...refs.map((ref) => ["ref", ref]),
      ["depth", String(depth)],
      ["direction", direction],
      ["maximum-works", String(maximumWorks)],
    ]);
    const files = graphFiles(format, null);
    for (const file of files) await downloadExport(url, file, parameters, outputOf(file, files));
    return;
  }
  await withDatabase({}, async ({ database }) => {
    const neighbourhood: ExportedNeighbourhood | null =
      refs.length === 0
        ? null
        : { roots: await workIdsOf(database, refs), depth, direction: directions[direction], maximumWorks };
    await withSnapshot(database, async (snapshot) => {
      // Two files with the same works are reported once.
      let isReported = quiet;
      const files = graphFiles(format, neighbourhood, ({ isTruncated }) => {
        if (isTruncated && !isReported)
          say(`Only the nearest ${maximumWorks} works are exported. To export more, raise --maximum-works.`);
        isReported = true;
      });
      for (const file of files) await writeExport(snapshot, file, outputOf(file, files));
    });
  });
}

async function workIdsOf(database: Database, refs: readonly string[]): Promise<bigint[]> {
  const loaders = prepareLoaders(database)();
  const works = await Promise.all(refs.map((ref) => loaders.workByRef(ref, workColumns.key)));
  return works.map((work, index) => {
    if (work === null)
      throw new CommandError(`No paper or cited work matches ${JSON.stringify(refs[index])}.`);
    return work.workId;
  });
}
