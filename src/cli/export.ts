import type { Command } from "commander";
import { withDatabase } from "./context.ts";
import { addExportBibliographyCommand } from "./export-bibliography.ts";
import { type DocumentOptions, exportPaper } from "./export-document.ts";
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
