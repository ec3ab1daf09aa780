import { type PithNumber, suffixOf } from "../../protocol/index.ts";
import { type Database, paperIdOf } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import { type PaperHead, readHeads } from "../../store/states/index.ts";

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

/** Null where nothing of the paper is stored. */
export async function readHead({ db }: Database, pithNumber: PithNumber): Promise<PaperHead | null> {
  const paperId = paperIdOf(pithNumber);
  const head = (await readHeads(db, [paperId])).get(paperId);
  return head?.pithNumber === pithNumber ? head : null;
}
