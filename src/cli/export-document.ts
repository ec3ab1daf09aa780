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

export type DocumentOptions = { readonly bundle?: boolean };

/** A paper's state, or the bundle that it is merged from, as canonical JSON. */
export async function exportPaper(
  database: Database,
  ref: string,
  { bundle = false }: DocumentOptions,
): Promise<string> {
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
