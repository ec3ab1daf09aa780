import {
  bundleText,
  type JsonObject,
  type MergedState,
  type PithNumber,
  parseJson,
  sha256OfValue,
  suffixOf,
} from "../../protocol/index.ts";
import { type Database, mergeLog, paperIdOf, readLogs } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";

/** What this mirror holds of a paper, merged. */
export type HeldPaper = {
  readonly state: MergedState;
  /** Null where no document has brought it. */
  readonly record: JsonObject | null;
};

/** The years that a number is looked for in where only its suffix is given and it is held without being a paper. */
const years = Array.from({ length: 300 }, (_, index) => String(1900 + index));

/** Finds what is held under a suffix or the beginning of one: 8, 12, 16 or all 26 characters. */
export async function findNumbers({ pool }: Database, suffix: string): Promise<PithNumber[]> {
  const { rows } = await pool.query<{ pith_number: PithNumber }>(
    `SELECT pith_number FROM paper_keys JOIN records USING (paper_id)
     WHERE key = $1 AND substr(pith_number, 11) LIKE $2 || '%' ORDER BY pith_number LIMIT 20`,
    [`pith:${suffix.slice(0, 8)}`, suffix],
  );
  if (rows.length > 0 || suffix.length < 26) return rows.map((row) => row.pith_number);
  // Held without its record or without any event: no paper, so no key. But ids follow from whole numbers.
  const ids = years.map((year) => paperIdOf(`pith:${year}:${suffix}` as PithNumber));
  const others = await pool.query<{ pith_number: PithNumber }>(
    "SELECT pith_number FROM records WHERE paper_id = ANY($1::bigint[]) ORDER BY pith_number",
    [bigintArray(ids)],
  );
  return others.rows.map((row) => row.pith_number).filter((number) => suffixOf(number) === suffix);
}

/**
 * The hash of a paper's state as it is kept beside the record, and whether that is there; null where nothing is held.
 * Where the record is not there, an event may have brought it all the same.
 */
export async function readStateHash(
  { pool }: Database,
  pithNumber: PithNumber,
): Promise<{ readonly sha256: string; readonly hasRecord: boolean } | null> {
  const { rows } = await pool.query<{ sha256: string; has_record: boolean }>(
    `SELECT encode(state_sha256, 'hex') AS sha256, record IS NOT NULL AS has_record
     FROM records WHERE paper_id = $1 AND pith_number = $2`,
    [paperIdOf(pithNumber).toString(), pithNumber],
  );
  const [held] = rows;
  return held === undefined ? null : { sha256: held.sha256, hasRecord: held.has_record };
}

/** Merges what the log holds of a paper; null where nothing is held. */
export async function readHeldPaper(
  { pool, db }: Database,
  pithNumber: PithNumber,
): Promise<HeldPaper | null> {
  const paperId = paperIdOf(pithNumber);
  const { rows } = await pool.query<{ record: string | null }>(
    "SELECT record FROM records WHERE paper_id = $1 AND pith_number = $2",
    [paperId.toString(), pithNumber],
  );
  const [held] = rows;
  if (held === undefined) return null;
  const state = mergeLog(pithNumber, (await readLogs(db, [paperId])).get(paperId));
  const record = held.record === null ? null : (parseJson(held.record) as JsonObject);
  return { state, record: state.canonicalRecord ?? record };
}

/** The bundle of a paper; null where its record, which a bundle must carry, is not known. */
export function bundleOf({ state, record }: HeldPaper): string | null {
  return record === null ? null : bundleText(state, record);
}

export function canonicalSha256Of({ record }: HeldPaper): string | null {
  return record === null ? null : sha256OfValue(record);
}
