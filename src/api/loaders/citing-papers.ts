import { and, type Placeholder, type SQL, sql } from "drizzle-orm";
import {
  bigintArray,
  citingPapers,
  prepareRows,
  type Queryable,
  readRows,
  works,
} from "../../store/index.ts";

import type { Key, Range } from "../keyset.ts";
import { type Batches, groupBy, LoadersByArguments } from "./batching.ts";
import { type Rows, SharedBatchesByLimit } from "./shared-batches.ts";

export type CitingPaperRow = typeof citingPapers.$inferSelect;

export type CitingPaperLoaders = {
  /** By the cited `work_id`: the stored papers that cite it, latest submitted first. */
  readonly citingPapersOfWork: LoadersByArguments<Range, bigint, readonly CitingPaperRow[]>;
};

type Bounds = Omit<Range, "limit">;
type Pages = Map<bigint, CitingPaperRow[]>;
/** Read the page of one work, and those of several. */
type Readers = {
  readonly one: (workId: bigint) => Promise<CitingPaperRow[]>;
  readonly several: (workIds: readonly bigint[]) => Promise<CitingPaperRow[]>;
};

const fromTheFirst: Bounds = { after: null, before: null, reverse: false };
/** Works with at least this many citing papers are queried separately. */
const manyCiting = 1_000;

const { citedWorkId, submittedAt, paperId } = citingPapers;

/**
 * A work may have 100,000 citing papers. One that has many is queried separately, so that the index returns only the
 * page. All others are queried together, which reads a few rows beyond their pages. The result is the same. (One
 * statement with a LIMIT for each work would be LATERAL, which Citus rejects.)
 */
export function prepareCitingPaperLoaders(rows: Rows): (batches: Batches) => CitingPaperLoaders {
  const { db, pool } = rows;
  const pageOf = (workId: string | Placeholder, limit: number | Placeholder, bounds: Bounds) =>
    db
      .select()
      .from(citingPapers)
      .where(and(sql`${citedWorkId} = ${workId}::bigint`, within(bounds)))
      .orderBy(inOrder(bounds))
      .limit(limit);
  const pagesOf = (workIds: string | Placeholder, limit: number | Placeholder, bounds: Bounds) => {
    const place = sql<string>`row_number() OVER (PARTITION BY ${citedWorkId} ORDER BY ${inOrder(bounds)})`;
    const numbered = db
      .select({ citedWorkId, submittedAt, paperId, place: place.as("place") })
      .from(citingPapers)
      .where(and(sql`${citedWorkId} = ANY(${workIds}::bigint[])`, within(bounds)))
      .as("numbered");
    return db
      .select({
        citedWorkId: numbered.citedWorkId,
        submittedAt: numbered.submittedAt,
        paperId: numbered.paperId,
      })
      .from(numbered)
      .where(sql`${numbered.place} <= ${limit}`)
      .orderBy(numbered.citedWorkId, numbered.place);
  };
  const muchCitedQuery = db
    .select({ workId: works.workId })
    .from(works)
    .where(
      sql`${works.workId} = ANY(${sql.placeholder("ids")}::bigint[]) AND ${works.citingPaperCount} >= ${manyCiting}`,
    );
  const muchCited = prepareRows(muchCitedQuery, "api_much_cited_works");
  const limit = sql.placeholder("limit");
  const firstPage = prepareRows(
    pageOf(sql.placeholder("id"), limit, fromTheFirst),
    "api_first_citing_of_work",
  );
  const firstPages = prepareRows(
    pagesOf(sql.placeholder("ids"), limit, fromTheFirst),
    "api_first_citing_papers",
  );

  const read = async (
    sender: Queryable,
    workIds: readonly bigint[],
    { one, several }: Readers,
  ): Promise<Pages> => {
    const alone =
      workIds.length === 1
        ? new Set(workIds)
        : new Set((await muchCited(sender, { ids: bigintArray(workIds) })).map(({ workId }) => workId));
    const together = workIds.filter((workId) => !alone.has(workId));
    const pages: Pages = groupBy(
      together.length === 0 ? [] : await several(together),
      (row) => row.citedWorkId,
    );
    for (const workId of alone) pages.set(workId, await one(workId));
    return pages;
  };
  const firstCiting = new SharedBatchesByLimit<bigint, readonly CitingPaperRow[]>(
    rows,
    [],
    (sender, workIds, limit) =>
      read(sender, workIds, {
        one: (workId) => firstPage(sender, { id: workId.toString(), limit }),
        several: (some) => firstPages(sender, { ids: bigintArray(some), limit }),
      }),
  );

  return (batches) => ({
    citingPapersOfWork: new LoadersByArguments((range) =>
      range.after === null && range.before === null && !range.reverse
        ? batches.shared(firstCiting.of(range.limit))
        : batches.loader(
            (workIds) =>
              read(pool, workIds, {
                one: (workId) => readRows(pool, pageOf(workId.toString(), range.limit, range)),
                several: (some) => readRows(pool, pagesOf(bigintArray(some), range.limit, range)),
              }),
            [],
            undefined,
            range.limit,
          ),
    ),
  });
}

function within({ after, before }: Bounds): SQL | undefined {
  return and(
    after === null ? undefined : sql`(${submittedAt}, ${paperId}) < ${keyValues(after)}`,
    before === null ? undefined : sql`(${submittedAt}, ${paperId}) > ${keyValues(before)}`,
  );
}

function inOrder({ reverse }: Bounds): SQL {
  return reverse ? sql`${submittedAt}, ${paperId}` : sql`${submittedAt} DESC, ${paperId} DESC`;
}

function keyValues([submitted, paper]: Key): SQL {
  return sql`(${submitted}::timestamptz, ${paper}::bigint)`;
}
