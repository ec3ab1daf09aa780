import { type Command, Option } from "commander";
import { findCitable, paperColumns, prepareLoaders, workColumns } from "../api/index.ts";
import {
  type BibliographyFormat,
  bibliographyFile,
  bibliographyFormats,
  type CitableRef,
  type ExportedNeighbourhood,
  type ExportFile,
  type GraphFormat,
  graphFiles,
  graphFormats,
  tableNames,
  withSnapshot,
} from "../export/index.ts";
import { isPithNumber, type PithNumber, parsePaperRef } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { buildDocument, type Database, readLogTexts, readPaperHeads } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { downloadExport, exportUrlOption, type OutputOptions, writeExport } from "./export-output.ts";
import { addDumpCommand, addTableCommand } from "./export-tables.ts";
import { outputOption, parseWholeNumber, quietOption } from "./options.ts";
import { escapedJson } from "./output/sanitize.ts";
import { printStatus } from "./output/terminal.ts";
import { refDescription, shellWord } from "./read/read-command.ts";

export function addExportCommand(program: Command): void {
  const command = program
    .command("export")
    .description("export a document, a table, a dump of all tables, a graph or a bibliography")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export document 2302.12192 > state.json
  $ pith-graph export table papers --format csv > papers.csv
  $ pith-graph export dump dumps/today
  $ pith-graph export graph hep-th/9711200 --depth 2 --format graphml > graph.graphml
  $ pith-graph export bibliography 2302.12192 --format bibtex`,
    );
  addDocumentCommand(command);
  addTableCommand(command);
  addDumpCommand(command);
  addExportGraphCommand(command);
  addBibliographyCommand(command);
  command.on("command:*", ([word = ""]: string[]) => {
    throw unknownKind(word);
  });
}

/** The error that `export` is followed by no kind of export, with the likely command as the next step. */
function unknownKind(word: string): CommandError {
  const isTable = tableNames.some((name) => name === word);
  const next = isTable
    ? `table ${word}`
    : parsePaperRef(word) === null
      ? null
      : `document ${shellWord(word)}`;
  const error = new CommandError(
    `Unknown kind of export ${JSON.stringify(word)}. The kinds are document, table, dump, graph and bibliography.`,
    exitStatus.usage,
  );
  return next === null ? error : error.withNext(`pith-graph export ${next}`);
}

function addDocumentCommand(parent: Command): void {
  parent
    .command("document")
    .description("print a paper's state document, or its bundle")
    .argument("<ref>", refDescription)
    .option("--bundle", "print the bundle of signed events instead")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export document 2302.12192 > state.json
  $ pith-graph export document --bundle pith:ROU4N4IR | pith-graph verify -

A document is printed as canonical JSON; on a terminal, control characters are escaped.
Exit status: 1 if the paper is not stored.`,
    )
    .action(async (ref: string, options: DocumentOptions) => {
      const text = await withDatabase({}, ({ database }) => exportPaper(database, ref, options));
      process.stdout.write(`${process.stdout.isTTY ? escapedJson(text) : text}\n`);
    });
}

type DocumentOptions = { readonly bundle?: boolean };

/** A paper's state, or the bundle that it is merged from, as canonical JSON. */
async function exportPaper(
  database: Database,
  ref: string,
  { bundle = false }: DocumentOptions,
): Promise<string> {
  const pithNumber = await findPithNumber(database, ref);
  const paperId = paperIdOf(pithNumber);
  const head = (await readPaperHeads(database.db, [paperId])).get(paperId);
  if (head === undefined) throw notStored(ref);
  const { text } = buildDocument({
    document: bundle ? "bundle" : "state",
    pithNumber,
    log: (await readLogTexts(database.db, [paperId])).get(paperId),
    record: head.record,
  });
  if (text === null) {
    throw new CommandError(
      `No bundle of ${pithNumber} can be made: its canonical record was never imported.`,
    );
  }
  return text.toString();
}

async function findPithNumber(database: Database, ref: string): Promise<PithNumber> {
  // A complete number needs no look-up, and also finds papers with too little data to be served.
  if (isPithNumber(ref)) return ref;
  const paper = await prepareLoaders(database)().paperByRef(ref, paperColumns.of("pithNumber"));
  if (paper === null || !isPithNumber(paper.pithNumber)) throw notStored(ref);
  return paper.pithNumber;
}

function notStored(ref: string): CommandError {
  return new CommandError(`No paper matches ${JSON.stringify(ref)}. To import one: pith-graph ingest <file>`);
}

type BibliographyOptions = OutputOptions & {
  readonly format: BibliographyFormat;
  readonly category?: string;
  readonly all?: boolean;
  readonly url?: string;
};

function addBibliographyCommand(parent: Command): void {
  parent
    .command("bibliography")
    .description("export citations of papers: BibTeX, RIS, CSL JSON")
    .argument("[refs...]", "papers or cited works: arXiv ids, DOIs, Pith numbers")
    .addOption(
      new Option("--format <format>", "file format").choices([...bibliographyFormats]).default("bibtex"),
    )
    .option("--category <category>", "all papers with this primary category")
    .option("--all", "all stored papers")
    .option(...exportUrlOption)
    .option(...outputOption)
    .option(...quietOption)
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export bibliography 2302.12192 hep-th/9711200 > papers.bib
  $ pith-graph export bibliography --category cs.LG --format ris --output cs-lg.ris`,
    )
    .action((refs: readonly string[], options: BibliographyOptions) => exportBibliography(refs, options));
}

async function exportBibliography(
  refs: readonly string[],
  { format, category, all = false, url, ...output }: BibliographyOptions,
): Promise<void> {
  if (refs.length === 0 && category === undefined && !all) {
    throw new CommandError("Name papers, or use --category or --all.", exitStatus.usage);
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
    if (citable === null)
      throw new CommandError(`No paper or cited work matches ${JSON.stringify(refs[index])}.`);
    return citable;
  });
}

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
          printStatus(
            `Only the nearest ${maximumWorks} works are exported. To export more, raise --maximum-works.`,
          );
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
