import { sql } from "drizzle-orm";
import { compareVersions } from "../../store/paper-order.ts";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { paperKeys, papers } from "../../store/tables/index.ts";
import { type Batches, groupBy, type RowLoader } from "./batch.ts";
import { Gathered } from "./gathered.ts";
import type { Rows } from "./rows-of-database.ts";

export type PaperRow = typeof papers.$inferSelect;

export type PaperLoaders = {
  /** A paper's row by its `paper_id`. */
  readonly paper: RowLoader<bigint, PaperRow | null>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: RowLoader<string, readonly bigint[]>;
  /** The papers held of a work, by its `work_id`, newest version first. */
  readonly papersOfWork: RowLoader<bigint, readonly PaperRow[]>;
};

export function preparePaperLoaders(rows: Rows): (batches: Batches) => PaperLoaders {
  const { db } = rows;
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
  const papersById = new Gathered<bigint, PaperRow | null>(rows, null, async (sender, ids) => {
    const found = await byIds(sender, { ids: bigintArray(ids) });
    return new Map(found.map((row) => [row.paperId, row]));
  });
  const idsByKey = new Gathered<string, readonly bigint[]>(rows, [], async (sender, keys) => {
    const groups = groupBy(await byKeys(sender, { keys }), ({ key }) => key);
    return new Map([...groups].map(([key, found]) => [key, found.map(({ paperId }) => paperId)]));
  });
  const papersByWork = new Gathered<bigint, readonly PaperRow[]>(rows, [], async (sender, ids) => {
    const found = await ofWorks(sender, { ids: bigintArray(ids) });
    return groupBy(found.sort(compareVersions), ({ workId }) => workId);
  });
  return (batches) => ({
    paper: batches.gathered(papersById),
    papersByKey: batches.gathered(idsByKey),
    papersOfWork: batches.gathered(papersByWork),
  });
}
