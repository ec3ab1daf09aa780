import { and, asc, desc, isNotNull, type SQL, sql } from "drizzle-orm";
import {
  bigintArray,
  type Database,
  inSnapshot,
  papers,
  type Queries,
  type Queryable,
  readRows,
  works,
} from "../store/index.ts";
import type { Key, KeyOrder } from "./keyset.ts";
import { type ColumnSet, type PaperRow, paperColumns, selection } from "./loaders/index.ts";
import { citedWorkCondition, type PaperFilter, paperCondition } from "./paper-filter.ts";

export type PaperOrder = "SUBMITTED_DESC" | "SUBMITTED_ASC" | "CITED_BY_DESC" | "CITED_BY_ASC";

/** The place of a paper in an order; most papers themselves are cached. */
export type OrderedPaper = Pick<PaperRow, "paperId" | "workId" | "submittedAt"> & {
  /** Only in the orders by citation count. */
  readonly citedByCount?: number;
};

/** A key, and whether the row at this key is included. */
export type Bound = { readonly key: Key; readonly inclusive: boolean };

/** A part of an order, read forward or backward from its end. */
export type PaperRange = {
  readonly after: Bound | null;
  readonly before: Bound | null;
  readonly reverse: boolean;
};

/** Reads the first papers of a range in its order: fewer than `limit` only if it has no more. */
type ReadPapers = (range: PaperRange, limit: number) => Promise<OrderedPaper[]>;

export const keyOrders: Record<PaperOrder, KeyOrder> = {
  SUBMITTED_DESC: { name: "SUBMITTED_DESC", parts: ["instant", "bigint"] },
  SUBMITTED_ASC: { name: "SUBMITTED_ASC", parts: ["instant", "bigint"] },
  // Equal counts are ordered by work, as in the index: hundreds of thousands of works may have equal counts.
  CITED_BY_DESC: { name: "CITED_BY_DESC", parts: ["integer", "bigint", "bigint"] },
  CITED_BY_ASC: { name: "CITED_BY_ASC", parts: ["integer", "bigint", "bigint"] },
};

export function keyOf(order: PaperOrder, paper: OrderedPaper): Key {
  const { submittedAt, citedByCount, workId, paperId } = paper;
  return order === "CITED_BY_DESC" || order === "CITED_BY_ASC"
    ? [String(citedByCount), String(workId), String(paperId)]
    : [submittedAt, String(paperId)];
}

/** The rest of a range after a key. */
function rangeAfter(range: PaperRange, key: Key): PaperRange {
  const bound = { key, inclusive: false };
  return range.reverse ? { ...range, before: bound } : { ...range, after: bound };
}

const placeColumns = paperColumns.of("paperId", "workId", "submittedAt");

/** Reads the papers that match a condition in order of submission, from an index with that order. */
function papersBySubmission(
  db: Queries,
  sender: Queryable,
  condition: SQL | undefined,
  isDescending: boolean,
  columns: ColumnSet<PaperRow> = placeColumns,
): ReadPapers {
  const compareKey = ({ key, inclusive }: Bound, side: "after" | "before"): SQL => {
    const operator = `${(side === "before") === isDescending ? ">" : "<"}${inclusive ? "=" : ""}`;
    const [submittedAt, paperId] = key;
    return sql`(${papers.submittedAt}, ${papers.paperId}) ${sql.raw(operator)} (${submittedAt}::timestamptz, ${paperId}::bigint)`;
  };
  return async ({ after, before, reverse }, limit): Promise<OrderedPaper[]> => {
    const direction = isDescending === reverse ? asc : desc;
    const { paperId, submittedAt } = papers;
    const query = db
      .select(selection(papers, columns))
      .from(papers)
      .where(
        and(
          condition,
          after === null ? undefined : compareKey(after, "after"),
          before === null ? undefined : compareKey(before, "before"),
        ),
      )
      .orderBy(direction(submittedAt), direction(paperId))
      .limit(limit);
    return (await readRows(sender, query)) as unknown as OrderedPaper[];
  };
}

/**
 * Reads papers that match a filter in an order: in one statement if the order is by submission and `isAnchor` is not
 * false, otherwise in several within one snapshot. Works are not joined: they may be on other servers. One statement
 * also reads the given columns. Returns the columns that its rows have, too.
 */
export function readPapersOf(
  { db, pool }: Pick<Database, "db" | "pool">,
  filter: PaperFilter,
  order: PaperOrder,
  columns: ColumnSet<PaperRow>,
): { readonly read: ReadPapers; readonly columns: ColumnSet<PaperRow> } {
  const { minCitedBy, isAnchor, ...others } = filter;
  const onPapers = paperCondition(db, others);
  const onWorks = citedWorkCondition({ minCitedBy, isAnchor });
  if (order === "CITED_BY_DESC" || order === "CITED_BY_ASC") {
    const mostCitedFirst = inOneSnapshot(pool, (sender) =>
      papersByCitations(db, sender, { onPapers, onWorks }),
    );
    const read = order === "CITED_BY_DESC" ? mostCitedFirst : reversed(mostCitedFirst);
    return { read, columns: placeColumns };
  }
  const isDescending = order === "SUBMITTED_DESC";
  if (isAnchor !== false) {
    const together = columns.union(placeColumns);
    const read = papersBySubmission(db, pool, paperCondition(db, filter), isDescending, together);
    return { read, columns: together };
  }
  const read = inOneSnapshot(pool, (sender) =>
    papersOfMatchingWorks(db, sender, order, onWorks, (condition) =>
      papersBySubmission(db, sender, and(condition, onPapers), isDescending),
    ),
  );
  return { read, columns: placeColumns };
}

/** Reads an order backward: the opposite order. */
function reversed(read: ReadPapers): ReadPapers {
  return ({ after, before, reverse }, limit) =>
    read({ after: before, before: after, reverse: !reverse }, limit);
}

/** Runs all statements of a reader in one snapshot. */
function inOneSnapshot(pool: Database["pool"], readerOf: (sender: Queryable) => ReadPapers): ReadPapers {
  return (range, limit) => inSnapshot(pool, (sender) => readerOf(sender)(range, limit));
}

type PageConditions = {
  /** The condition on `papers`; undefined if all match. */
  readonly onPapers: SQL | undefined;
  /** The condition on `works`; undefined if all match. */
  readonly onWorks: SQL | undefined;
};

type CitedWork = { readonly workId: bigint; readonly citedByCount: number };
/** The works of a range, including those at its bounds, since a work may have several papers. */
type WorkRange = {
  readonly after: SQL | undefined;
  readonly before: SQL | undefined;
  readonly reverse: boolean;
};

/** Works read by the first step if papers are filtered; each further step reads four times as many, up to the maximum. */
const minWorksRead = 200;
const maxWorksRead = 20_000;
/** If a page would need this many more works, assume few matches, and read and sort up to `maxPapersSorted` instead. */
const maxWorksToRead = 2_000;
const maxPapersSorted = 5_000;

/**
 * Reads papers by the citation counts of their works. Counts are stored with the works: works are read in order, some
 * at a time, and then their matching papers. If few papers match, those are read first, then their works' counts.
 * `sender` must read one snapshot.
 */
function papersByCitations(db: Queries, sender: Queryable, filter: PageConditions): ReadPapers {
  /** All matches if there are few; null if there are many, undefined while unknown. */
  let few: readonly OrderedPaper[] | null | undefined;

  return async (range, limit) => {
    const found: OrderedPaper[] = [];
    let rest = worksOfRange(range);
    let worksRead = 0;
    // Each work has a paper; only those at the bounds may have none in the range.
    const first = filter.onPapers === undefined ? limit + 2 : Math.max(2 * limit, minWorksRead);
    for (let size = first; !few; size = Math.min(4 * size, maxWorksRead)) {
      const read = await readWorks(db, sender, rest, filter.onWorks, size);
      found.push(...ordered(await papersOfWorks(db, sender, read, filter), range));
      const last = read.at(-1);
      if (last === undefined || read.length < size || found.length >= limit) return found.slice(0, limit);
      rest = worksAfter(last, rest);
      worksRead += read.length;
      const worksToRead = ((limit - found.length) * worksRead) / Math.max(1, found.length);
      if (few === undefined && worksToRead > maxWorksToRead) few = await readAllIfFew(db, sender, filter);
    }
    return ordered(few, range).slice(0, limit);
  };
}

const allWorks: WorkRange = { after: undefined, before: undefined, reverse: false };

/** Matching works with a stored paper, most cited first, or least cited first if the range is reversed. */
function readWorks(
  db: Queries,
  sender: Queryable,
  { after, before, reverse }: WorkRange,
  onWorks: SQL | undefined,
  limit: number,
): Promise<CitedWork[]> {
  const direction = reverse ? asc : desc;
  const query = db
    .select({ workId: works.workId, citedByCount: works.citedByCount })
    .from(works)
    .where(and(isNotNull(works.paperId), onWorks, after, before))
    .orderBy(direction(works.citedByCount), direction(works.workId))
    .limit(limit);
  return readRows(sender, query);
}

async function papersOfWorks(
  db: Queries,
  sender: Queryable,
  found: readonly CitedWork[],
  { onPapers }: PageConditions,
): Promise<OrderedPaper[]> {
  if (found.length === 0) return [];
  const counts = new Map(found.map(({ workId, citedByCount }) => [workId, citedByCount]));
  const { paperId, workId, submittedAt } = papers;
  const query = db
    .select({ paperId, workId, submittedAt })
    .from(papers)
    .where(
      and(
        sql`${workId} = ANY(${bigintArray(counts.keys())}::bigint[])`,
        // IS TRUE keeps the planner from scanning, for a few works, an index of all papers that match the filter.
        onPapers === undefined ? undefined : sql`(${onPapers}) IS TRUE`,
      ),
    );
  return withCounts(await readRows(sender, query), counts);
}

/** All matching papers, in no particular order; null if there are too many. */
async function readAllIfFew(
  db: Queries,
  sender: Queryable,
  { onPapers, onWorks }: PageConditions,
): Promise<OrderedPaper[] | null> {
  const { paperId, workId, submittedAt } = papers;
  const query = db
    .select({ paperId, workId, submittedAt })
    .from(papers)
    .where(onPapers)
    .limit(maxPapersSorted + 1);
  const found = await readRows(sender, query);
  if (found.length > maxPapersSorted) return null;
  const ids = bigintArray(new Set(found.map((paper) => paper.workId)));
  const counted = db
    .select({ workId: works.workId, citedByCount: works.citedByCount })
    .from(works)
    .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, onWorks));
  const counts = new Map((await readRows(sender, counted)).map((work) => [work.workId, work.citedByCount]));
  return withCounts(found, counts);
}

/** The papers of those works, with their counts. */
function withCounts(
  found: readonly Omit<OrderedPaper, "citedByCount">[],
  counts: ReadonlyMap<bigint, number>,
): OrderedPaper[] {
  return found.flatMap((paper) => {
    const citedByCount = counts.get(paper.workId);
    return citedByCount === undefined ? [] : [{ ...paper, citedByCount }];
  });
}

function worksOfRange({ after, before, reverse }: PaperRange): WorkRange {
  const atBound = ({ key: [citedByCount = "0", workId = "0"] }: Bound, operator: string) =>
    compareWork(operator, citedByCount, workId);
  return {
    after: after === null ? undefined : atBound(after, "<="),
    before: before === null ? undefined : atBound(before, ">="),
    reverse,
  };
}

/** The rest of a range of works after one of them. */
function worksAfter({ citedByCount, workId }: CitedWork, rest: WorkRange): WorkRange {
  const condition = (operator: string) => compareWork(operator, String(citedByCount), String(workId));
  return rest.reverse ? { ...rest, before: condition(">") } : { ...rest, after: condition("<") };
}

function compareWork(operator: string, citedByCount: string, workId: string): SQL {
  return sql`(${works.citedByCount}, ${works.workId}) ${sql.raw(operator)} (${citedByCount}::int, ${workId}::bigint)`;
}

/** The papers within a range, in its order. */
function ordered(found: readonly OrderedPaper[], { after, before, reverse }: PaperRange): OrderedPaper[] {
  const isWithin = (paper: OrderedPaper): boolean => {
    if (after !== null && !isAfter(comparePositions(positionOf(paper), readPosition(after.key)), after))
      return false;
    return before === null || isAfter(comparePositions(readPosition(before.key), positionOf(paper)), before);
  };
  const within = found.filter(isWithin).sort((a, b) => comparePositions(positionOf(a), positionOf(b)));
  return reverse ? within.reverse() : within;
}

function isAfter(comparison: number, { inclusive }: Bound): boolean {
  return comparison > 0 || (inclusive && comparison === 0);
}

type Position = readonly [citedByCount: bigint, workId: bigint, paperId: bigint];

function positionOf({ citedByCount = 0, workId, paperId }: OrderedPaper): Position {
  return [BigInt(citedByCount), workId, paperId];
}

function readPosition([citedByCount = "0", workId = "0", paperId = "0"]: Key): Position {
  return [BigInt(citedByCount), BigInt(workId), BigInt(paperId)];
}

/** All three parts descend. */
function comparePositions(a: Position, b: Position): number {
  const part = a.findIndex((value, index) => value !== b[index]);
  if (part < 0) return 0;
  return (a[part] as bigint) > (b[part] as bigint) ? -1 : 1;
}

/** The papers that the first step reads; each further step reads four times as many, up to the maximum. */
const minPapersRead = 200;
const maxPapersRead = 2_000;
/** If a page would need this many more papers, assume few matches, and read up to `maxWorksMatching` works instead. */
const maxPapersToRead = 2_000;
const maxWorksMatching = 2_000;

/**
 * The papers of an order whose works match a condition on `works`. Most works may match, or few, so a list of all
 * matches could be huge. So papers are read in steps, then which of their works match, until the page is full. If few
 * works match, these are read first, then their papers. `sender` must read one snapshot; `readerOf` returns a reader of
 * the order, limited to papers that match a condition on `papers`.
 */
function papersOfMatchingWorks(
  db: Queries,
  sender: Queryable,
  order: PaperOrder,
  onWorks: SQL | undefined,
  readerOf: (onPapers: SQL | undefined) => ReadPapers,
): ReadPapers {
  const readPapers = readerOf(undefined);
  /** Reads the papers of matching works if there are few; null if there are many. */
  let few: ReadPapers | null | undefined;

  return async (range, limit) => {
    const found: OrderedPaper[] = [];
    let rest = range;
    let papersRead = 0;
    for (let size = Math.max(2 * limit, minPapersRead); !few; size = Math.min(4 * size, maxPapersRead)) {
      const read = await readPapers(rest, size);
      found.push(...(await withMatchingWorks(db, sender, read, onWorks)));
      const last = read.at(-1);
      if (last === undefined || read.length < size || found.length >= limit) return found.slice(0, limit);
      rest = rangeAfter(rest, keyOf(order, last));
      papersRead += read.length;
      const papersToRead = ((limit - found.length) * papersRead) / Math.max(1, found.length);
      if (few === undefined && papersToRead > maxPapersToRead) {
        const matching = await readWorks(db, sender, allWorks, onWorks, maxWorksMatching + 1);
        few = matching.length > maxWorksMatching ? null : readerOf(isOfWorks(matching));
      }
    }
    return few(range, limit);
  };
}

async function withMatchingWorks(
  db: Queries,
  sender: Queryable,
  read: readonly OrderedPaper[],
  onWorks: SQL | undefined,
): Promise<OrderedPaper[]> {
  if (read.length === 0) return [];
  const ids = bigintArray(new Set(read.map(({ workId }) => workId)));
  const query = db
    .select({ workId: works.workId })
    .from(works)
    .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, onWorks));
  const matching = new Set((await readRows(sender, query)).map(({ workId }) => workId));
  return read.filter(({ workId }) => matching.has(workId));
}

function isOfWorks(matching: readonly { readonly workId: bigint }[]): SQL {
  return sql`${papers.workId} = ANY(${bigintArray(matching.map(({ workId }) => workId))}::bigint[])`;
}
