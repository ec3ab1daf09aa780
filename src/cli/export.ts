import type { Command } from "commander";
import { prepareLoaders } from "../api/index.ts";
import { tableNames } from "../export/index.ts";
import { isPithNumber, type PithNumber, parsePaperRef } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { buildDocument, type Database, readHeads, readLogTexts } from "../store/index.ts";
import { CommandError, exitStatus } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { addExportBibliographyCommand } from "./export-bibliography.ts";
import { addExportDumpCommand } from "./export-dump.ts";
import { addExportGraphCommand } from "./export-graph.ts";
import { addExportTableCommand } from "./export-table.ts";
import { escapedJson } from "./output/shown-text.ts";
import { shellWord } from "./read/read-command.ts";

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
  addExportDocumentCommand(command);
  addExportTableCommand(command);
  addExportDumpCommand(command);
  addExportGraphCommand(command);
  addExportBibliographyCommand(command);
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
    `${JSON.stringify(word)} is no kind of export: the kinds are document, table, dump, graph and bibliography.`,
    exitStatus.misused,
  );
  return next === null ? error : error.withNext(`pith-graph export ${next}`);
}

function addExportDocumentCommand(parent: Command): void {
  parent
    .command("document")
    .description("print a paper's state as a document, or its bundle")
    .argument("<ref>", "a Pith number, whole or cut short, an arXiv id, a DOI, or the address of one")
    .option("--bundle", "print the bundle instead: the signed events that the state is merged from")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export document 2302.12192 > state.json
  $ pith-graph export document --bundle pith:ROU4N4IR | pith-graph verify -

The text of a document is canonical JSON; on a terminal, characters that it would obey are written as \\u….
Exit status: 0, or 1 where this mirror holds no such paper.`,
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
  const head = (await readHeads(database.db, [paperId])).get(paperId);
  if (head === undefined) throw notHeld(ref);
  const { text } = buildDocument({
    document: bundle ? "bundle" : "state",
    pithNumber,
    log: (await readLogTexts(database.db, [paperId])).get(paperId),
    record: head.record,
  });
  if (text === null) {
    throw new CommandError(
      `No document has brought the canonical record of ${pithNumber}; a bundle must carry it.`,
    );
  }
  return text.toString();
}

async function findPithNumber(database: Database, ref: string): Promise<PithNumber> {
  // A complete number needs no look-up, and also finds papers with too little data to be served.
  if (isPithNumber(ref)) return ref;
  const paper = await prepareLoaders(database)().paperByRef.load(ref);
  if (paper === null || !isPithNumber(paper.pithNumber)) throw notHeld(ref);
  return paper.pithNumber;
}

function notHeld(ref: string): CommandError {
  return new CommandError(
    `This mirror holds no paper ${JSON.stringify(ref)}. Take it in with: pith-graph ingest <file>`,
  );
}
