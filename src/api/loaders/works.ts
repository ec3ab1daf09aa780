import type DataLoader from "dataloader";
import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { workIdentifiers, works } from "../../store/tables/index.ts";
import { type Batches, groupBy } from "./batch.ts";

export type WorkRow = typeof works.$inferSelect;
export type IdentifierRow = typeof workIdentifiers.$inferSelect;

export type WorkLoaders = {
  /** A work's row by its `work_id`. */
  readonly work: DataLoader<bigint, WorkRow | null, unknown>;
  /** The identifiers that stand for a work. */
  readonly identifiersOfWork: DataLoader<bigint, readonly IdentifierRow[], unknown>;
  /** An identifier by the hash of its kind and value. */
  readonly identifier: DataLoader<bigint, IdentifierRow | null, unknown>;
};

export function prepareWorkLoaders({ db }: Pick<Database, "db">): (batches: Batches) => WorkLoaders {
  const byIds = db
    .select()
    .from(works)
    .where(sql`${works.workId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_works_by_id");
  const identifiersOfWorks = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_identifiers_of_works");
  const identifiers = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.identifierId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_identifiers_by_id");
  return (batches) => ({
    work: batches.loader(async (ids) => {
      const rows = await byIds.execute({ ids });
      return new Map(rows.map((row) => [row.workId, row]));
    }, null),
    identifiersOfWork: batches.loader(
      async (ids) => groupBy(await identifiersOfWorks.execute({ ids }), ({ workId }) => workId),
      [],
    ),
    identifier: batches.loader(async (ids) => {
      const rows = await identifiers.execute({ ids });
      return new Map(rows.map((row) => [row.identifierId, row]));
    }, null),
  });
}
