import { and, type Placeholder, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { compareVersions } from "../../row-rules/index.ts";
import {
  bigintArray,
  citingPapers,
  inLayout,
  paperKeys,
  papers,
  prepareRows,
  type Queryable,
  readRows,
  workIdentifiers,
  works,
} from "../../store/index.ts";
import type { Key, Range } from "../keyset.ts";
import {
  type Batches,
  type FromSummaries,
  groupBy,
  keyBy,
  LoadersByArguments,
  type RowLoader,
  type RowLoaders,
} from "./batching.ts";
import { type ColumnSet, columnNames, selection, TableColumns } from "./columns.ts";
import { SharedRows } from "./rows.ts";
import { type LoaderSource, PerSet, SharedBatches, SharedBatchesByLimit } from "./shared-batches.ts";

export type PaperRow = typeof papers.$inferSelect;

export const paperColumns = new TableColumns<PaperRow, "paperId">(
  columnNames(papers),
  ["paperId"],
  [
    ["workId"],
    ["sourceVersion", "submittedAt", "proof", "recordStanding"],
    ["authors", "primaryCategory", "crossCategories", "sourceKind", "sourceId", "license"],
    ["abstractExcerpt", "headline", "verdict"],
    ["claimCount", "referencesKnown", "internalAnchorsKnown"],
    ["recordEventId", "snapshotEventId"],
    [
      ...["canonicalSha256", "stateSha256", "eventCount", "validEventCount", "equivocationCount"],
      ...["referencesAsserted", "resolvedWorksAsserted", "internalAnchorsAsserted"],
      ...["recordHash", "receipt", "titleBinding", "claimsHash", "referencesHash", "publishedStateHash"],
    ] as (keyof PaperRow)[],
  ],
);

/** What orders the versions of a work. */
const versionColumns = paperColumns.of("workId", "pithNumber", "sourceVersion", "submittedAt");

/** What lists show of a paper, and statements that join papers read at most. */
const listedColumns = paperColumns.of(
  ...([
    "paperId",
    "pithNumber",
    "title",
    "workId",
    "sourceVersion",
    "submittedAt",
    "proof",
    "recordStanding",
  ] as const),
  ...(["authors", "primaryCategory", "crossCategories", "sourceKind", "sourceId", "license"] as const),
);

/** The columns of papers that a statement joins, so that there are few such statements; null if it does not join them. */
export function joinedPaperColumns(columns: ColumnSet<PaperRow>): ColumnSet<PaperRow> | null {
  const narrow = paperColumns.read(paperColumns.key);
  if (narrow.includes(columns)) return narrow;
  return listedColumns.includes(columns) ? listedColumns : null;
}

export type PaperLoaders = {
  /** Papers by their `paper_id`. */
  readonly paper: RowLoaders<PaperRow>;
  /** The papers that share a look-up key (see the table `paper_keys`), in no particular order. */
  readonly papersByKey: RowLoader<string, readonly bigint[]>;
  /** The stored papers of a work, by its `work_id`, newest version first. */
  readonly papersOfWork: LoadersByArguments<ColumnSet<PaperRow>, bigint, readonly PaperRow[]>;
};

export function sharedPapers(source: LoaderSource): SharedRows<PaperRow> {
  return new SharedRows(source, {
    table: papers,
    key: "paperId",
    columns: paperColumns,
    name: "api_papers_by_id",
  });
}

export function preparePaperLoaders(
  source: LoaderSource,
  rows: SharedRows<PaperRow>,
): (batches: Batches, fromSummaries: FromSummaries<PaperRow>) => PaperLoaders {
  const { db } = source;
  const byKeys = prepareRows(
    db
      .select()
      .from(paperKeys)
      .where(sql`${paperKeys.key} = ANY(${sql.placeholder("keys")}::text[])`),
    "api_paper_keys",
  );
  const idsByKey = new SharedBatches<string, readonly bigint[]>(source, [], async (sender, keys) => {
    const groups = groupBy(await byKeys(sender, { keys }), ({ key }) => key);
    return new Map([...groups].map(([key, found]) => [key, found.map(({ paperId }) => paperId)]));
  });
  const papersByWork = new PerSet((columns: ColumnSet<PaperRow>) => {
    const ofWorks = prepareRows(
      db
        .select(selection(papers, columns))
        .from(papers)
        .where(sql`${papers.workId} = ANY(${sql.placeholder("ids")}::bigint[])`),
      `api_papers_of_works_${columns.toJSON()}`,
    );
    return new SharedBatches<bigint, readonly PaperRow[]>(source, [], async (sender, ids) => {
      const found = (await ofWorks(sender, { ids: bigintArray(ids) })) as PaperRow[];
      return groupBy(found.sort(compareVersions), ({ workId }) => workId);
    });
  });
  return (batches, fromSummaries) => ({
    paper: batches.rowLoaders(rows, fromSummaries),
    papersByKey: batches.sharedLoader(idsByKey),
    papersOfWork: new LoadersByArguments((columns) =>
      batches.sharedLoader(papersByWork.for(paperColumns.read(columns.union(versionColumns)))),
    ),
  });
}

export type WorkRow = typeof works.$inferSelect;

export const workColumns = new TableColumns<WorkRow, "workId">(
  columnNames(works),
  ["workId"],
  [
    ["key", "paperId", "year", "statedYear"],
    ["citedByCount", "citingPaperCount", "referenceCount"],
    ["titleStanding", "titlePaperId", "titleOrdinal", "anchoredWorkCount"],
  ],
);

export type IdentifierRow = typeof workIdentifiers.$inferSelect;

export type WorkLoaders = {
  /** Works by their `work_id`. */
  readonly work: RowLoaders<WorkRow>;
  /** The identifiers that resolve to a work. */
  readonly identifiersOfWork: RowLoader<bigint, readonly IdentifierRow[]>;
  /** An identifier by the hash of its kind and value. */
  readonly identifier: RowLoader<bigint, IdentifierRow | null>;
};

export function sharedWorks(source: LoaderSource): SharedRows<WorkRow> {
  return new SharedRows(source, {
    table: works,
    key: "workId",
    columns: workColumns,
    name: "api_works_by_id",
  });
}

export function prepareWorkLoaders(
  source: LoaderSource,
  rows: SharedRows<WorkRow>,
): (batches: Batches, fromSummaries: FromSummaries<WorkRow>) => WorkLoaders {
  const { db } = source;
  const ids = sql.placeholder("ids");
  const ofWorks = prepareRows(
    db.select().from(workIdentifiers).where(sql`${workIdentifiers.workId} = ANY(${ids}::bigint[])`),
    "api_identifiers_of_works",
  );
  const identifiers = prepareRows(
    db.select().from(workIdentifiers).where(sql`${workIdentifiers.identifierId} = ANY(${ids}::bigint[])`),
    "api_identifiers_by_id",
  );
  const identifiersByWork = new SharedBatches<bigint, readonly IdentifierRow[]>(
    source,
    [],
    async (sender, ids) => groupBy(await ofWorks(sender, { ids: bigintArray(ids) }), ({ workId }) => workId),
  );
  const identifiersById = new SharedBatches<bigint, IdentifierRow | null>(source, null, async (sender, ids) =>
    keyBy(await identifiers(sender, { ids: bigintArray(ids) }), ({ identifierId }) => identifierId),
  );
  return (batches, fromSummaries) => ({
    work: batches.rowLoaders(rows, fromSummaries),
    identifiersOfWork: batches.sharedLoader(identifiersByWork),
    identifier: batches.sharedLoader(identifiersById),
  });
}

export type CitingPaperRow = typeof citingPapers.$inferSelect;

export type CitingPaperLoaders = {
  /** By the cited `work_id`: the stored papers that cite it, latest submitted first. */
  readonly citingPapersOfWork: LoadersByArguments<Range, bigint, readonly CitingPaperRow[]>;
};

type Bounds = Omit<Range, "limit">;
type Readers = {
  /** The pages of works, on one server. */
  readonly each: (workIds: readonly bigint[]) => Promise<CitingPaperRow[]>;
  /** The page of one work, and those of several, wherever the tables are. */
  readonly one: (workId: bigint) => Promise<CitingPaperRow[]>;
  readonly several: (workIds: readonly bigint[]) => Promise<CitingPaperRow[]>;
};

const firstPageBounds: Bounds = { after: null, before: null, isInclusive: false, reverse: false };
/** Works with at least this many citing papers are queried separately. */
const manyCitingPapers = 1_000;

const { citedWorkId, submittedAt, paperId } = citingPapers;

/**
 * A work may have 100,000 citing papers, so the index should return only the page. On one server a statement has a LIMIT
 * for each work (LATERAL). Citus rejects that: a work that has many is queried separately, and all others together, which
 * reads a few rows beyond their pages. The result is the same.
 */
export function prepareCitingPaperLoaders(source: LoaderSource): (batches: Batches) => CitingPaperLoaders {
  const { db, pool } = source;
  const pageOf = (workId: string | Placeholder, limit: number | Placeholder, bounds: Bounds) =>
    db
      .selectDistinct()
      .from(citingPapers)
      .where(and(sql`${citedWorkId} = ${workId}::bigint`, boundsCondition(bounds)))
      .orderBy(pageOrder(bounds))
      .limit(limit);
  const pageOfEach = (workIds: string | Placeholder, limit: number | Placeholder, bounds: Bounds) => {
    const page = db
      .selectDistinct()
      .from(citingPapers)
      .where(and(sql`${citedWorkId} = wanted.work_id`, boundsCondition(bounds)))
      .orderBy(pageOrder(bounds))
      .limit(limit)
      .as("page");
    return db
      .select({ citedWorkId: page.citedWorkId, submittedAt: page.submittedAt, paperId: page.paperId })
      .from(sql`unnest(${workIds}::bigint[]) AS wanted (work_id)`)
      .crossJoinLateral(page)
      .orderBy(page.citedWorkId, pageOrder(bounds, page));
  };
  const pagesOf = (workIds: string | Placeholder, limit: number | Placeholder, bounds: Bounds) => {
    // A paper that lists a work twice has two rows, with one number.
    const position = sql<string>`dense_rank() OVER (PARTITION BY ${citedWorkId} ORDER BY ${pageOrder(bounds)})`;
    const numbered = db
      .select({ citedWorkId, submittedAt, paperId, position: position.as("position") })
      .from(citingPapers)
      .where(and(sql`${citedWorkId} = ANY(${workIds}::bigint[])`, boundsCondition(bounds)))
      .as("numbered");
    return db
      .selectDistinct({
        citedWorkId: numbered.citedWorkId,
        submittedAt: numbered.submittedAt,
        paperId: numbered.paperId,
        position: numbered.position,
      })
      .from(numbered)
      .where(sql`${numbered.position} <= ${limit}`)
      .orderBy(numbered.citedWorkId, numbered.position);
  };
  const muchCited = prepareRows(
    db
      .select({ workId: works.workId })
      .from(works)
      .where(
        sql`${works.workId} = ANY(${sql.placeholder("ids")}::bigint[]) AND ${works.citingPaperCount} >= ${manyCitingPapers}`,
      ),
    "api_much_cited_works",
  );
  const limit = sql.placeholder("limit");
  const firstPage = prepareRows(
    pageOf(sql.placeholder("id"), limit, firstPageBounds),
    "api_first_citing_of_work",
  );
  const firstPageOfEach = prepareRows(
    pageOfEach(sql.placeholder("ids"), limit, firstPageBounds),
    "api_first_citing_of_each",
  );
  const firstPages = prepareRows(
    pagesOf(sql.placeholder("ids"), limit, firstPageBounds),
    "api_first_citing_papers",
  );

  const readInParts = async (
    sender: Queryable,
    workIds: readonly bigint[],
    { one, several }: Readers,
  ): Promise<Map<bigint, CitingPaperRow[]>> => {
    const alone =
      workIds.length === 1
        ? new Set(workIds)
        : new Set((await muchCited(sender, { ids: bigintArray(workIds) })).map(({ workId }) => workId));
    const together = workIds.filter((workId) => !alone.has(workId));
    const pages = groupBy(together.length === 0 ? [] : await several(together), (row) => row.citedWorkId);
    for (const workId of alone) pages.set(workId, await one(workId));
    return pages;
  };
  const read = (sender: Queryable, workIds: readonly bigint[], readers: Readers) =>
    inLayout(pool, {
      single: async () => groupBy(await readers.each(workIds), (row) => row.citedWorkId),
      citus: () => readInParts(sender, workIds, readers),
    });
  const firstCiting = new SharedBatchesByLimit<bigint, readonly CitingPaperRow[]>(
    source,
    [],
    (sender, workIds, limit) =>
      read(sender, workIds, {
        each: (all) => firstPageOfEach(sender, { ids: bigintArray(all), limit }),
        one: (workId) => firstPage(sender, { id: workId.toString(), limit }),
        several: (some) => firstPages(sender, { ids: bigintArray(some), limit }),
      }),
  );

  return (batches) => ({
    citingPapersOfWork: new LoadersByArguments((range) =>
      range.after === null && range.before === null && !range.reverse
        ? batches.sharedLoader(firstCiting.for(range.limit))
        : batches.loader(
            (workIds) =>
              read(pool, workIds, {
                each: (all) => readRows(pool, pageOfEach(bigintArray(all), range.limit, range)),
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

type PageColumns = Readonly<Record<"submittedAt" | "paperId", SQLWrapper>>;

function boundsCondition({ after, before, isInclusive }: Bounds): SQL | undefined {
  const compare = (sign: "<" | ">", [submitted, paper]: Key): SQL =>
    sql`(${submittedAt}, ${paperId}) ${sql.raw(isInclusive ? `${sign}=` : sign)} (${submitted}::timestamptz, ${paper}::bigint)`;
  return and(
    after === null ? undefined : compare("<", after),
    before === null ? undefined : compare(">", before),
  );
}

function pageOrder({ reverse }: Bounds, { submittedAt, paperId }: PageColumns = citingPapers): SQL {
  return reverse ? sql`${submittedAt}, ${paperId}` : sql`${submittedAt} DESC, ${paperId} DESC`;
}
