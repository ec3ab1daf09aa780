import { type Command, Option } from "commander";
import { findCitable, prepareLoaders } from "../api/index.ts";
import {
  type BibliographyFormat,
  bibliographyFile,
  bibliographyFormats,
  type CitableRef,
  withSnapshot,
} from "../export/index.ts";
import type { Database } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { downloadExport, exportUrlOption } from "./export-download.ts";
import { type OutputOptions, writeExport } from "./export-output.ts";

type Options = OutputOptions & {
  readonly format: BibliographyFormat;
  readonly category?: string;
  readonly all?: boolean;
  readonly url?: string;
};

export function addExportBibliographyCommand(parent: Command): void {
  parent
    .command("bibliography")
    .description("export papers to cite, for BibTeX, reference managers and citation processors")
    .argument(
      "[refs...]",
      "papers, or works that are only cited, in this order: arXiv ids, DOIs, Pith numbers",
    )
    .addOption(new Option("--format <format>", "as what").choices([...bibliographyFormats]).default("bibtex"))
    .option("--category <category>", "all papers of this primary category")
    .option("--all", "all papers held")
    .option(...exportUrlOption)
    .option("--output <file>", "write into this file, which is there once it is whole")
    .option("--quiet", "say nothing of progress")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export bibliography 2302.12192 hep-th/9711200 > papers.bib
  $ pith-graph export bibliography --category cs.LG --format ris --output cs-lg.ris`,
    )
    .action((refs: readonly string[], options: Options) => exportBibliography(refs, options));
}

async function exportBibliography(
  refs: readonly string[],
  { format, category, all = false, url, ...output }: Options,
): Promise<void> {
  if (refs.length === 0 && category === undefined && !all) {
    throw new CommandError("Name papers, a category with --category, or --all.", exitStatus.misused);
  }
  if (url !== undefined) {
    const parameters = new URLSearchParams(refs.map((ref) => ["ref", ref]));
    if (category !== undefined) parameters.set("category", category);
    await downloadExport(url, bibliographyFile(format, {}), parameters, output);
    return;
  }
  await withDatabase({}, async ({ database }) => {
    const set = {
      ...(refs.length === 0 ? {} : { refs: await findAll(database, refs) }),
      ...(category === undefined ? {} : { category }),
    };
    await withSnapshot(database, (snapshot) => writeExport(snapshot, bibliographyFile(format, set), output));
  });
}

async function findAll(database: Database, refs: readonly string[]): Promise<CitableRef[]> {
  const loaders = prepareLoaders(database)();
  const found = await Promise.all(refs.map((ref) => findCitable(ref, loaders)));
  return found.map((citable, index) => {
    if (citable === null) throw new CommandError(`No paper or work here is ${JSON.stringify(refs[index])}.`);
    return citable;
  });
}
