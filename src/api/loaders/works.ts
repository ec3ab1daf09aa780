import type DataLoader from "dataloader";
import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { workIdentifiers, works } from "../../store/tables/index.ts";
import { type Batches, groupBy } from "./batch.ts";
import { Gathered } from "./gathered.ts";

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

export function prepareWorkLoaders(
  database: Pick<Database, "db" | "pool">,
): (batches: Batches) => WorkLoaders {
  const { db } = database;
  const byIdsQuery = db
    .select()
    .from(works)
    .where(sql`${works.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const ofWorksQuery = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const identifiersQuery = db
    .select()
    .from(workIdentifiers)
    .where(sql`${workIdentifiers.identifierId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byIds = prepareRows(byIdsQuery, "api_works_by_id");
  const ofWorks = prepareRows(ofWorksQuery, "api_identifiers_of_works");
  const identifiers = prepareRows(identifiersQuery, "api_identifiers_by_id");
  const worksById = new Gathered<bigint, WorkRow | null>(database, async (sender, ids) => {
    const rows = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(rows.map((row) => [row.workId, row]));
  });
  const identifiersByWork = new Gathered<bigint, readonly IdentifierRow[]>(database, async (sender, ids) =>
    groupBy(await ofWorks(sender, { ids: bigintArray(ids) }), ({ workId }) => workId),
  );
  const identifiersById = new Gathered<bigint, IdentifierRow | null>(database, async (sender, ids) => {
    const rows = await identifiers(sender, { ids: bigintArray(ids) });
    return new Map(rows.map((row) => [row.identifierId, row]));
  });
  return (batches) => ({
    work: batches.gathered(worksById, null),
    identifiersOfWork: batches.gathered(identifiersByWork, []),
    identifier: batches.gathered(identifiersById, null),
  });
}
