import type DataLoader from "dataloader";
import { sql } from "drizzle-orm";
import type { Database } from "../../store/database.ts";
import { paperKeys, papers } from "../../store/tables/index.ts";
import { groupBy, mapLoader } from "./batch.ts";

export type PaperRow = typeof papers.$inferSelect;

export type PaperLoaders = {
  /** A paper's row by its `paper_id`. */
  readonly paper: DataLoader<bigint, PaperRow | null, unknown>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: DataLoader<string, readonly bigint[], unknown>;
};

export function preparePaperLoaders({ db }: Pick<Database, "db">): () => PaperLoaders {
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
  return () => ({
    paper: mapLoader(async (ids) => {
      const rows = await byIds.execute({ ids });
      return new Map(rows.map((row) => [row.paperId, row]));
    }, null),
    papersByKey: mapLoader(async (keys) => {
      const groups = groupBy(await byKeys.execute({ keys }), ({ key }) => key);
      return new Map([...groups].map(([key, rows]) => [key, rows.map(({ paperId }) => paperId)]));
    }, []),
  });
}
