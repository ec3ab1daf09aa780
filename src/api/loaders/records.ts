import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { records } from "../../store/tables/index.ts";
import type { Batches, RowLoader } from "./batch.ts";

export type RecordLoaders = {
  /** By `paper_id`: the canonical text of a record that came in a bundle, beside its events. */
  readonly record: RowLoader<bigint, string | null>;
};

export function prepareRecordLoaders({ db }: Pick<Database, "db">): (batches: Batches) => RecordLoaders {
  const byIds = db
    .select({ paperId: records.paperId, record: records.record })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_records_by_id");
  return (batches) => ({
    record: batches.loader(async (ids) => {
      const rows = await byIds.execute({ ids });
      return new Map(rows.map((row) => [row.paperId, row.record]));
    }, null),
  });
}
