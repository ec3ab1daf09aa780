import type DataLoader from "dataloader";
import { sql } from "drizzle-orm";
import { compareCodePoints } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { paperKeys, papers } from "../../store/tables/index.ts";
import { type Batches, groupBy } from "./batch.ts";
import { Gathered } from "./gathered.ts";

export type PaperRow = typeof papers.$inferSelect;

export type PaperLoaders = {
  /** A paper's row by its `paper_id`. */
  readonly paper: DataLoader<bigint, PaperRow | null, unknown>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: DataLoader<string, readonly bigint[], unknown>;
  /** The papers held of a work, by its `work_id`, newest version first. */
  readonly papersOfWork: DataLoader<bigint, readonly PaperRow[], unknown>;
};

export function preparePaperLoaders(
  database: Pick<Database, "db" | "pool">,
): (batches: Batches) => PaperLoaders {
  const { db } = database;
  const byIdsQuery = db
    .select()
    .from(papers)
    .where(sql`${papers.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byKeysQuery = db
    .select()
    .from(paperKeys)
    .where(sql`${paperKeys.key} = ANY(${sql.placeholder("keys")}::text[])`);
  const ofWorksQuery = db
    .select()
    .from(papers)
    .where(sql`${papers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`);
  const byIds = prepareRows(byIdsQuery, "api_papers_by_id");
  const byKeys = prepareRows(byKeysQuery, "api_paper_keys");
  const ofWorks = prepareRows(ofWorksQuery, "api_papers_of_works");
  const papersById = new Gathered<bigint, PaperRow | null>(database, async (sender, ids) => {
    const rows = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(rows.map((row) => [row.paperId, row]));
  });
  const idsByKey = new Gathered<string, readonly bigint[]>(database, async (sender, keys) => {
    const groups = groupBy(await byKeys(sender, { keys }), ({ key }) => key);
    return new Map([...groups].map(([key, rows]) => [key, rows.map(({ paperId }) => paperId)]));
  });
  const papersByWork = new Gathered<bigint, readonly PaperRow[]>(database, async (sender, ids) => {
    const rows = await ofWorks(sender, { ids: bigintArray(ids) });
    return groupBy(rows.sort(compareVersions), ({ workId }) => workId);
  });
  return (batches) => ({
    paper: batches.gathered(papersById, null),
    papersByKey: batches.gathered(idsByKey, []),
    papersOfWork: batches.gathered(papersByWork, []),
  });
}

/** Newest version first: by version, then submission, then Pith number. */
export function compareVersions(a: PaperRow, b: PaperRow): number {
  return (
    (b.sourceVersion ?? 0) - (a.sourceVersion ?? 0) ||
    compareCodePoints(b.submittedAt, a.submittedAt) ||
    compareCodePoints(a.pithNumber, b.pithNumber)
  );
}
