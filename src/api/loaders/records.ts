import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { records } from "../../store/tables/index.ts";
import type { Batches, RowLoader } from "./batch.ts";
import { readInPortions } from "./portions.ts";

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
  const sizesByIds = db
    .select({
      paperId: records.paperId,
      size: sql<number>`coalesce(octet_length(${records.record}), 0)`.mapWith(Number),
    })
    .from(records)
    .where(sql`${records.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_record_sizes_by_id");
  return (batches) => ({
    record: batches.loader(async (ids) => {
      const sizes = new Map((await sizesByIds.execute({ ids })).map((row) => [row.paperId, row.size]));
      const found = new Map<bigint, string | null>();
      await readInPortions(
        ids,
        (id) => sizes.get(id) ?? 0,
        batches.allowance,
        async (portion) => {
          for (const { paperId, record } of await byIds.execute({ ids: portion })) found.set(paperId, record);
        },
      );
      return found;
    }, null),
  });
}
