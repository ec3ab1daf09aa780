import { sql } from "drizzle-orm";
import type { PithNumber } from "../../protocol/index.ts";
import type { Queries } from "../database.ts";
import { bigintArray } from "../rows.ts";
import { events, records } from "../tables/index.ts";

/** What is stored of a paper beside its events. */
export type PaperHead = {
  readonly pithNumber: PithNumber;
  /** Of the merged state. */
  readonly sha256: string;
  /** The record's text; null where no document has brought it. An event may have brought it all the same. */
  readonly record: string | null;
  /** Bytes of its events. */
  readonly logBytes: number;
};

/** In one statement however many papers. Papers of which nothing is stored have no entry. */
export async function readHeads(db: Queries, paperIds: readonly bigint[]): Promise<Map<bigint, PaperHead>> {
  const ids = bigintArray(paperIds);
  const { rows } = await db.execute<{
    paper_id: string;
    pith_number: PithNumber;
    sha256: string;
    record: string | null;
    bytes: string | null;
  }>(
    sql`SELECT paper_id, ${records.pithNumber}, encode(${records.stateSha256}, 'hex') AS sha256, ${records.record},
          sizes.bytes
        FROM ${records} LEFT JOIN (
          SELECT ${events.paperId}, sum(octet_length(${events.body})) AS bytes
          FROM ${events} WHERE ${events.paperId} = ANY(${ids}::bigint[]) GROUP BY ${events.paperId}
        ) AS sizes USING (paper_id)
        WHERE ${records.paperId} = ANY(${ids}::bigint[])`,
  );
  return new Map(
    rows.map(({ paper_id, pith_number, sha256, record, bytes }) => [
      BigInt(paper_id),
      { pithNumber: pith_number, sha256, record, logBytes: Number(bytes ?? 0) },
    ]),
  );
}
