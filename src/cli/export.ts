import type { Command } from "commander";
import { drizzle } from "drizzle-orm/node-postgres";
import { prepareLoaders } from "../api/loaders/index.ts";
import {
  bundleText,
  isPithNumber,
  type JsonObject,
  mergeEvents,
  type PithNumber,
  parseJson,
} from "../protocol/index.ts";
import { type Database, paperIdOf, readLogs } from "../store/index.ts";
import { CommandError } from "./command-error.ts";
import { withDatabase } from "./context.ts";

type Options = { readonly bundle?: boolean };

export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description("print the state of a paper as a document, as any conforming mirror computes it")
    .argument("<ref>", "a Pith number, whole or cut short, an arXiv id, a DOI, or the address of one")
    .option("--bundle", "print the bundle instead: the signed events that the state is merged from")
    .addHelpText(
      "after",
      `
Examples:
  $ pith-graph export 2302.12192 > state.json
  $ pith-graph export --bundle pith:ROU4N4IR | pith-graph verify -

The text is canonical JSON. Exit status: 0, or 1 where this mirror holds no such paper.`,
    )
    .action(async (ref: string, options: Options) => {
      const text = await withDatabase({}, ({ database }) => exportPaper(database, ref, options));
      process.stdout.write(`${text}\n`);
    });
}

async function exportPaper(database: Database, ref: string, { bundle = false }: Options): Promise<string> {
  const pithNumber = await findPithNumber(database, ref);
  const paperId = paperIdOf(pithNumber);
  const { rows } = await database.pool.query<{ record: string | null }>(
    "SELECT record FROM records WHERE paper_id = $1",
    [paperId.toString()],
  );
  const [held] = rows;
  if (held === undefined) throw notHeld(ref);
  const log = (await readLogs(drizzle(database.pool), [paperId])).get(paperId);
  const state = mergeEvents(pithNumber, log?.events ?? [], log?.aliases ?? []);
  if (!bundle) return state.text;
  const record =
    state.canonicalRecord ?? (held.record === null ? null : (parseJson(held.record) as JsonObject));
  if (record === null) {
    throw new CommandError(
      `No document has brought the canonical record of ${pithNumber}; a bundle must carry it.`,
    );
  }
  return bundleText(state, record);
}

async function findPithNumber(database: Database, ref: string): Promise<PithNumber> {
  // A whole number needs no look-up, and also finds what is too little known to be served as a paper.
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
