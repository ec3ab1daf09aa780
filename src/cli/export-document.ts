import { prepareLoaders } from "../api/loaders/index.ts";
import { isPithNumber, type PithNumber } from "../protocol/index.ts";
import { type Database, paperIdOf, readLogTexts } from "../store/index.ts";
import { buildDocument, readHeads } from "../store/states/index.ts";
import { CommandError } from "./command-error.ts";

export type DocumentOptions = { readonly bundle?: boolean };

/** A paper's state, or the bundle that it is merged from, as canonical JSON. */
export async function exportPaper(
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
