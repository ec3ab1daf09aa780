import type { Command } from "commander";
import { prepareLoaders } from "../api/index.ts";
import { isPithNumber, type PithNumber } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { buildDocument, type Database, readHeads, readLogTexts } from "../store/index.ts";
import { CommandError } from "./command-error.ts";
import { withDatabase } from "./context.ts";
import { addExportBibliographyCommand } from "./export-bibliography.ts";
import { addExportDumpCommand } from "./export-dump.ts";
import { addExportGraphCommand } from "./export-graph.ts";
import { addExportTableCommand } from "./export-table.ts";
import { escapedJson } from "./output/shown-text.ts";

export function addExportCommand(program: Command): void {
  const command = program
    .command("export")
    .description("print a paper's state as a document, or export tables, graphs and bibliographies")
    .argument("<ref>", "a Pith number, whole or cut short, an arXiv id, a DOI, or the address of one")
    .option("--bundle", "print the bundle instead: the signed events that the state is merged from")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export 2302.12192 > state.json
  $ pith-graph export --bundle pith:ROU4N4IR | pith-graph verify -
  $ pith-graph export table papers --format csv > papers.csv
  $ pith-graph export dump dumps/today
  $ pith-graph export graph hep-th/9711200 --depth 2 --format graphml > graph.graphml
  $ pith-graph export bibliography 2302.12192 --format bibtex

The text of a document is canonical JSON; on a terminal, characters that it would obey are written as \\u….
Exit status: 0, or 1 where this mirror holds no such paper.`,
    )
    .action(async (ref: string, options: DocumentOptions) => {
      const text = await withDatabase({}, ({ database }) => exportPaper(database, ref, options));
      process.stdout.write(`${process.stdout.isTTY ? escapedJson(text) : text}\n`);
    });
  addExportTableCommand(command);
  addExportDumpCommand(command);
  addExportGraphCommand(command);
  addExportBibliographyCommand(command);
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
