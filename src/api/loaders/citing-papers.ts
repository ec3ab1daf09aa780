import { and, asc, desc, eq, type Placeholder, type SQL, sql } from "drizzle-orm";
import { prepareRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { citingPapers } from "../../store/tables/index.ts";
import type { Range } from "../connections.ts";
import type { Key } from "../cursor.ts";
import { type Batches, groupBy, LoadersByArguments } from "./batch.ts";
import { GatheredByLimit } from "./gathered.ts";
import type { Rows } from "./rows-of-database.ts";

export type CitingPaperRow = typeof citingPapers.$inferSelect;

export type CitingPaperLoaders = {
  /** By the cited `work_id`: the papers held that cite it, latest submitted first. */
  readonly citingPapersOfWork: LoadersByArguments<Range, bigint, readonly CitingPaperRow[]>;
};

/**
 * Each work's page is read on its own (LATERAL), since a work may have a hundred thousand citing papers: the
 * index gives the page without the rest.
 */
export function prepareCitingPaperLoaders(rows: Rows): (batches: Batches) => CitingPaperLoaders {
  const { db } = rows;
  const pagesOf = (ids: SQL, limit: number | Placeholder, range: Omit<Range, "limit">) => {
    const order = range.reverse ? asc : desc;
    const page = db
      .select()
      .from(citingPapers)
      .where(
        and(
          eq(citingPapers.citedWorkId, sql`cited.work_id`),
          range.after === null ? undefined : sql`${keyColumns} < ${keyValues(range.after)}`,
          range.before === null ? undefined : sql`${keyColumns} > ${keyValues(range.before)}`,
        ),
      )
      .orderBy(order(citingPapers.submittedAt), order(citingPapers.paperId))
      .limit(limit)
      .as("page");
    return db
      .select({ citedWorkId: page.citedWorkId, submittedAt: page.submittedAt, paperId: page.paperId })
      .from(sql`unnest(${ids}::bigint[]) AS cited(work_id)`)
      .crossJoinLateral(page)
      .orderBy(page.citedWorkId, order(page.submittedAt), order(page.paperId));
  };
  const firstPagesQuery = pagesOf(sql`${sql.placeholder("ids")}`, sql.placeholder("limit"), {
    after: null,
    before: null,
    reverse: false,
  });
  const firstPages = prepareRows(firstPagesQuery, "api_first_citing_papers");
  const firstCiting = new GatheredByLimit<bigint, readonly CitingPaperRow[]>(
    rows,
    [],
    async (sender, ids, limit) =>
      groupBy(await firstPages(sender, { ids: bigintArray(ids), limit }), ({ citedWorkId }) => citedWorkId),
  );

  return (batches) => ({
    citingPapersOfWork: new LoadersByArguments((range) =>
      range.after === null && range.before === null && !range.reverse
        ? batches.gathered(firstCiting.of(range.limit))
        : batches.loader(async (ids) => {
            const rows = await pagesOf(sql`${sql.param(ids)}`, range.limit, range);
            return groupBy(rows, ({ citedWorkId }) => citedWorkId);
          }, []),
    ),
  });
}

const keyColumns = sql`(${citingPapers.submittedAt}, ${citingPapers.paperId})`;

function keyValues([submittedAt, paperId]: Key): SQL {
  return sql`(${submittedAt}::timestamptz, ${paperId}::bigint)`;
}
