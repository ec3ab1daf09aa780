import { and, desc, eq, getTableColumns, isNotNull, type SQL, sql } from "drizzle-orm";
import {
  bigintArray,
  inSnapshot,
  papers,
  prepareRows,
  type Queryable,
  readRows,
  references,
  works,
} from "../../store/index.ts";
import { type Batches, groupBy, LoadersByArguments } from "./batching.ts";
import { type ColumnSet, selection, TableColumns } from "./columns.ts";
import { type JoinedRows, type OrdinalPage, OrdinalPages, placeInPage, withinPage } from "./ordinal.ts";
import {
  joinedPaperColumns,
  type PaperLoaders,
  type PaperRow,
  type WorkLoaders,
  type WorkRow,
  workColumns,
} from "./papers.ts";
import type { SharedRows } from "./rows.ts";
import { type LoaderSource, maxRowsPerStatement } from "./shared-batches.ts";
import { withoutSummaries } from "./summaries.ts";

/** All columns but those that no field needs. */
const {
  submittedAt: _submittedAt,
  hasArxivId: _hasArxivId,
  doiId: _doiId,
  workUuidId: _workUuidId,
  ...shownColumns
} = getTableColumns(references);

export type ReferenceRow = Omit<
  typeof references.$inferSelect,
  "submittedAt" | "hasArxivId" | "doiId" | "workUuidId"
>;

export const referenceColumns = new TableColumns<ReferenceRow, "paperId" | "ordinal" | "citedWorkId">(
  Object.keys(shownColumns) as (keyof ReferenceRow)[],
  ["paperId", "ordinal", "citedWorkId"],
  [["refIndex"], ["title", "year"], ["doi", "citedArxivId", "isInternalAnchor"]],
);

/** The columns of the cited works and papers that are needed; null if none of their rows is. */
export type CitedColumns = {
  readonly work: ColumnSet<WorkRow> | null;
  readonly paper: ColumnSet<PaperRow> | null;
};

type ReferencePage = ReferenceFilter &
  OrdinalPage & { readonly columns: ColumnSet<ReferenceRow>; readonly cited: CitedColumns };

/** A reference that was read with what it cites. */
type CitingRow = ReferenceRow & {
  readonly citedWork?: WorkRow | null;
  readonly citedPaper?: PaperRow | null;
};

type ReferenceFilter = {
  readonly internalAnchor: boolean | null;
  /** Whether a paper of the cited work is stored. */
  readonly stored: boolean | null;
};

type StoredFilter = ReferenceFilter & { readonly stored: boolean };

/** A filter's condition on `references`; whether the cited paper is stored depends on another table. */
function anchorCondition({ internalAnchor }: Pick<ReferenceFilter, "internalAnchor">): SQL | undefined {
  return internalAnchor === null ? undefined : eq(references.isInternalAnchor, internalAnchor);
}

/** A citation, identified by its two works. */
type EdgeKey = { readonly citingWorkId: bigint; readonly citedWorkId: bigint };

const edgeText = ({ citingWorkId, citedWorkId }: EdgeKey): string => `${citingWorkId}/${citedWorkId}`;

export type ReferenceLoaders = {
  /** By `paper_id`: the paper's references in the order of its snapshot. */
  readonly referencesOfPaper: LoadersByArguments<ReferencePage, bigint, readonly ReferenceRow[]>;
  /** How many of a paper's references match a filter with `stored`. */
  readonly referenceCountOfPaper: LoadersByArguments<StoredFilter, bigint, number>;
  /** The references behind a citation, best proved first, then by paper and ordinal. */
  readonly referencesOfEdge: LoadersByArguments<{ readonly limit: number }, EdgeKey, readonly ReferenceRow[]>;
};

type CitedRows = { readonly papers: SharedRows<PaperRow>; readonly works: SharedRows<WorkRow> };
type CitedLoaders = Pick<PaperLoaders, "paper"> & Pick<WorkLoaders, "work">;

const paperOfWork = workColumns.of("paperId");

type Cited = CitedColumns & { readonly joined: readonly JoinedRows[] };

/** The works and papers to read with references, and the columns that are read of each. */
function joinedRows({ work, paper }: CitedColumns, rows: CitedRows): Cited {
  const papersRead = paper && joinedPaperColumns(paper);
  const needed = paper === null ? work : (work ?? workColumns.key).union(paperOfWork);
  if (needed === null || workColumns.key.includes(needed)) return { joined: [], work: null, paper: null };
  const read = workColumns.read(needed);
  const joined: JoinedRows[] = [
    {
      member: "citedWork",
      table: works,
      on: eq(works.workId, references.citedWorkId),
      columns: read as ColumnSet<never>,
      cache: (row, version) => rows.works.cache(read)?.set((row as WorkRow).workId, row as WorkRow, version),
    },
  ];
  if (papersRead !== null) {
    joined.push({
      member: "citedPaper",
      table: papers,
      on: eq(papers.paperId, works.paperId),
      columns: papersRead as ColumnSet<never>,
      cache: (row, version) =>
        rows.papers.cache(papersRead)?.set((row as PaperRow).paperId, row as PaperRow, version),
    });
  }
  return { joined, work: read, paper: papersRead };
}

/** Gives the rows that were read with references to the loaders of the request. */
function addCited(page: readonly CitingRow[], read: CitedColumns, { work, paper }: CitedLoaders): void {
  for (const { citedWork, citedPaper } of page) {
    if (citedWork && read.work !== null) work.add(citedWork.workId, citedWork, read.work);
    if (citedPaper && read.paper !== null) paper.add(citedPaper.paperId, citedPaper, read.paper);
  }
}

export function prepareReferenceLoaders(
  source: LoaderSource,
  rows: CitedRows,
): (batches: Batches, cited: CitedLoaders) => ReferenceLoaders {
  const { db, pool } = source;
  const lists = new OrdinalPages<ReferenceRow>(source, {
    table: references,
    columns: referenceColumns,
    name: "api_references",
  });
  /** Filtered lists have gaps, so their rows are numbered. */
  const filteredPagesOf = (paperIds: readonly bigint[], page: ReferencePage) => {
    const numbered = db
      .select({
        ...selection(references, page.columns.union(referenceColumns.key)),
        place: placeInPage(references.paperId, references.ordinal, page.reverse),
      })
      .from(references)
      .where(
        and(
          sql`${references.paperId} = ANY(${bigintArray(paperIds)}::bigint[])`,
          withinPage(references.ordinal, page),
          anchorCondition(page),
        ),
      )
      .as("numbered");
    return db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${page.limit}`)
      .orderBy(numbered.paperId, numbered.place);
  };

  const byStored = referencesByStored(source);

  // Reads all pairs of these works instead of single edges: Citus rejects LATERAL with a LIMIT.
  const behind = db
    .select({
      ...shownColumns,
      citingWorkId: papers.workId,
      proof: papers.proof,
      place: sql<string>`row_number() OVER (PARTITION BY ${papers.workId}, ${references.citedWorkId}
        ORDER BY ${papers.proof} DESC, ${references.paperId}, ${references.ordinal})`.as("place"),
    })
    .from(papers)
    .innerJoin(references, eq(references.paperId, papers.paperId))
    .where(
      sql`${papers.workId} = ANY(${sql.placeholder("citing")}::bigint[])
        AND ${references.citedWorkId} = ANY(${sql.placeholder("cited")}::bigint[])`,
    )
    .as("behind");
  const behindEdgesQuery = db
    .select()
    .from(behind)
    .where(sql`${behind.place} <= ${sql.placeholder("limit")}`)
    .orderBy(behind.citingWorkId, desc(behind.proof), behind.paperId, behind.ordinal);
  const behindEdges = prepareRows(behindEdgesQuery, "api_references_of_edges");

  return (batches, cited) => ({
    referencesOfPaper: new LoadersByArguments((page) => {
      if (page.internalAnchor === null && page.stored === null) {
        const read = joinedRows(batches.hasSummaries ? withoutSummaries(page.cited) : page.cited, rows);
        const list = lists.loader(batches, page, read.joined);
        return read.joined.length === 0 ? list : list.tap((found) => addCited(found, read, cited));
      }
      return batches.loader(
        async (paperIds) => {
          if (page.stored !== null) return byStored.pages(paperIds, { ...page, stored: page.stored });
          const rows = await readRows(pool, filteredPagesOf(paperIds, page));
          return groupBy(rows as unknown as ReferenceRow[], ({ paperId }) => paperId);
        },
        [],
        undefined,
        page.limit,
      );
    }),
    referencesOfEdge: new LoadersByArguments(({ limit }) =>
      batches.loader(
        async (keys) => {
          const citing = bigintArray(new Set(keys.map(({ citingWorkId }) => citingWorkId)));
          const cited = bigintArray(new Set(keys.map(({ citedWorkId }) => citedWorkId)));
          return groupBy(await behindEdges(pool, { citing, cited, limit }), edgeText);
        },
        [],
        edgeText,
        limit,
      ),
    ),
    referenceCountOfPaper: new LoadersByArguments((filter) =>
      batches.loader((paperIds) => byStored.counts(paperIds, filter), 0),
    ),
  });
}

/** A position in a paper's list. */
type Place = Pick<ReferenceRow, "paperId" | "ordinal">;
type CitedPlace = Place & Pick<ReferenceRow, "citedWorkId">;

/** One statement: up to `size` rows of each paper, after a position that was read before. */
type Step = { readonly behind: readonly Place[]; readonly size: number };

/** How lists are read: from where, in which direction, and with which condition on rows. */
type Reading = {
  readonly begin: number;
  readonly reverse: boolean;
  readonly condition: SQL | undefined;
  /** The maximum number of matching rows of each paper. */
  readonly limit: number;
};

/** References of each paper that the first step reads; most papers list fewer. */
const firstStepSize = 200;

type ReferencesByStored = {
  /** By `paper_id`, the page of each paper's matching references. */
  pages(paperIds: readonly bigint[], page: StoredFilter & OrdinalPage): Promise<Map<bigint, ReferenceRow[]>>;
  /** By `paper_id`, the number of its matching references; no entry if there are none. */
  counts(paperIds: readonly bigint[], filter: StoredFilter): Promise<Map<bigint, number>>;
};

/**
 * References by whether a paper of the cited work is stored. References are distributed by paper, but this fact by
 * work, so a snapshot reads them in turns: a part of each paper's list, then which of its works have a paper, until the
 * page is full or the list has ended.
 */
function referencesByStored({ db, pool }: LoaderSource): ReferencesByStored {
  const { paperId, ordinal, citedWorkId } = references;

  const readStep = (sender: Queryable, { behind, size }: Step, { reverse, condition }: Reading) => {
    const onward = sql.raw(reverse ? "<" : ">");
    const numbered = db
      .select({ paperId, ordinal, citedWorkId, place: placeInPage(paperId, ordinal, reverse) })
      .from(references)
      .innerJoin(placesOf(behind), sql`known.paper_id = ${paperId} AND ${ordinal} ${onward} known.ordinal`)
      .where(and(ofPapers(behind), condition))
      .as("numbered");
    const step = db
      .select({
        paperId: numbered.paperId,
        ordinal: numbered.ordinal,
        citedWorkId: numbered.citedWorkId,
      })
      .from(numbered)
      .where(sql`${numbered.place} <= ${size}`)
      .orderBy(numbered.paperId, numbered.place);
    return readRows(sender, step);
  };
  const readStoredWorks = async (sender: Queryable, rows: readonly CitedPlace[]): Promise<Set<bigint>> => {
    if (rows.length === 0) return new Set();
    const ids = bigintArray(new Set(rows.map((row) => row.citedWorkId)));
    const query = db
      .select({ workId: works.workId })
      .from(works)
      .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, isNotNull(works.paperId)));
    return new Set((await readRows(sender, query)).map(({ workId }) => workId));
  };
  /** Calls `found` with matching positions, some at a time, in order for each paper. */
  const findPlaces = async (
    sender: Queryable,
    paperIds: readonly bigint[],
    stored: boolean,
    reading: Reading,
    found: (paperId: bigint, places: readonly Place[]) => void,
  ): Promise<void> => {
    const counts = new Map<bigint, number>();
    let unfinished = paperIds.map((paperId): Place => ({ paperId, ordinal: reading.begin }));
    // Few papers list enough to need a second step; the first may include many papers.
    for (let size = firstStepSize; unfinished.length > 0; size = Math.min(4 * size, maxRowsPerStatement)) {
      const papersPerStatement = Math.floor(maxRowsPerStatement / size);
      const continued: Place[] = [];
      for (let first = 0; first < unfinished.length; first += papersPerStatement) {
        const behind = unfinished.slice(first, first + papersPerStatement);
        const rows: CitedPlace[] = await readStep(sender, { behind, size }, reading);
        const storedIds = await readStoredWorks(sender, rows);
        for (const [paper, read] of groupBy(rows, (row) => row.paperId)) {
          const matching = read.filter((row) => storedIds.has(row.citedWorkId) === stored);
          const count = (counts.get(paper) ?? 0) + matching.length;
          counts.set(paper, count);
          found(paper, matching);
          if (read.length === size && count < reading.limit) continued.push(read.at(-1) as CitedPlace);
        }
      }
      unfinished = continued;
    }
  };
  const readPlaces = (sender: Queryable, places: readonly Place[]): Promise<ReferenceRow[]> => {
    const rows = db
      .select(shownColumns)
      .from(references)
      .innerJoin(placesOf(places), sql`known.paper_id = ${paperId} AND known.ordinal = ${ordinal}`)
      .where(ofPapers(places));
    return readRows(sender, rows);
  };

  return {
    pages: (paperIds, page) =>
      inSnapshot(pool, async (sender) => {
        const { stored, reverse, limit, after, before } = page;
        const begin = reverse ? (before ?? 2 ** 31 - 1) : (after ?? -1);
        const condition = and(anchorCondition(page), withinPage(ordinal, page));
        const pages = new Map<bigint, readonly Place[]>();
        await findPlaces(sender, paperIds, stored, { begin, reverse, condition, limit }, (paper, places) => {
          pages.set(paper, [...(pages.get(paper) ?? []), ...places].slice(0, limit));
        });
        const rows = await readPlaces(sender, [...pages.values()].flat());
        rows.sort((a, b) => (reverse ? b.ordinal - a.ordinal : a.ordinal - b.ordinal));
        return groupBy(rows, (row) => row.paperId);
      }),
    counts: (paperIds, filter) =>
      inSnapshot(pool, async (sender) => {
        const counts = new Map<bigint, number>();
        const limit = Number.POSITIVE_INFINITY;
        const reading = { begin: -1, reverse: false, condition: anchorCondition(filter), limit };
        await findPlaces(sender, paperIds, filter.stored, reading, (paper, places) => {
          if (places.length > 0) counts.set(paper, (counts.get(paper) ?? 0) + places.length);
        });
        return counts;
      }),
  };
}

function placesOf(places: readonly Place[]): SQL {
  const ordinals = `{${places.map(({ ordinal }) => ordinal).join(",")}}`;
  const ids = bigintArray(places.map(({ paperId }) => paperId));
  return sql`unnest(${ids}::bigint[], ${ordinals}::int[]) AS known (paper_id, ordinal)`;
}

/** Redundant, but if the tables are distributed, it determines the servers that have these papers. */
function ofPapers(places: readonly Place[]): SQL {
  const ids = bigintArray(new Set(places.map(({ paperId }) => paperId)));
  return sql`${references.paperId} = ANY(${ids}::bigint[])`;
}
