import { sql } from "drizzle-orm";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { workIdentifiers, works } from "../../store/tables/index.ts";
import { type Batches, groupBy, type RowLoader } from "./batch.ts";
import { Gathered } from "./gathered.ts";
import type { Rows } from "./rows-of-database.ts";

export type WorkRow = typeof works.$inferSelect;
export type IdentifierRow = typeof workIdentifiers.$inferSelect;

export type WorkLoaders = {
  /** A work's row by its `work_id`. */
  readonly work: RowLoader<bigint, WorkRow | null>;
  /** The identifiers that stand for a work. */
  readonly identifiersOfWork: RowLoader<bigint, readonly IdentifierRow[]>;
  /** An identifier by the hash of its kind and value. */
  readonly identifier: RowLoader<bigint, IdentifierRow | null>;
};

export function prepareWorkLoaders(rows: Rows): (batches: Batches) => WorkLoaders {
  const { db } = rows;
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
  const worksById = new Gathered<bigint, WorkRow | null>(rows, null, async (sender, ids) => {
    const found = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.workId, row]));
  });
  const identifiersByWork = new Gathered<bigint, readonly IdentifierRow[]>(rows, [], async (sender, ids) =>
    groupBy(await ofWorks(sender, { ids: bigintArray(ids) }), ({ workId }) => workId),
  );
  const identifiersById = new Gathered<bigint, IdentifierRow | null>(rows, null, async (sender, ids) => {
    const found = await identifiers(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.identifierId, row]));
  });
  return (batches) => ({
    work: batches.gathered(worksById),
    identifiersOfWork: batches.gathered(identifiersByWork),
    identifier: batches.gathered(identifiersById),
  });
}
