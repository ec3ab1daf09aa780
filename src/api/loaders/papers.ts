import type DataLoader from "dataloader";
import { sql } from "drizzle-orm";
import { compareCodePoints } from "../../protocol/index.ts";
import type { Database } from "../../store/database.ts";
import { paperKeys, papers } from "../../store/tables/index.ts";
import { type Batches, groupBy } from "./batch.ts";

export type PaperRow = typeof papers.$inferSelect;

export type PaperLoaders = {
  /** A paper's row by its `paper_id`. */
  readonly paper: DataLoader<bigint, PaperRow | null, unknown>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: DataLoader<string, readonly bigint[], unknown>;
  /** The papers held of a work, by its `work_id`, newest version first. */
  readonly papersOfWork: DataLoader<bigint, readonly PaperRow[], unknown>;
};

export function preparePaperLoaders({ db }: Pick<Database, "db">): (batches: Batches) => PaperLoaders {
  const byIds = db
    .select()
    .from(papers)
    .where(sql`${papers.paperId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_papers_by_id");
  const byKeys = db
    .select()
    .from(paperKeys)
    .where(sql`${paperKeys.key} = ANY(${sql.placeholder("keys")}::text[])`)
    .prepare("api_paper_keys");
  const ofWorks = db
    .select()
    .from(papers)
    .where(sql`${papers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`)
    .prepare("api_papers_of_works");
  return (batches) => ({
    paper: batches.loader(async (ids) => {
      const rows = await byIds.execute({ ids });
      return new Map(rows.map((row) => [row.paperId, row]));
    }, null),
    papersByKey: batches.loader(async (keys) => {
      const groups = groupBy(await byKeys.execute({ keys }), ({ key }) => key);
      return new Map([...groups].map(([key, rows]) => [key, rows.map(({ paperId }) => paperId)]));
    }, []),
    papersOfWork: batches.loader(async (ids) => {
      const rows = await ofWorks.execute({ ids });
      return groupBy(rows.sort(compareVersions), ({ workId }) => workId);
    }, []),
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
