import { and, asc, desc, isNotNull, type SQL, sql } from "drizzle-orm";
import { bigintArray, papers, type Queries, type Queryable, readRows, works } from "../../store/index.ts";

import type { Key } from "../keyset.ts";
import type { Bound, OrderedPaper, ReadPapers, Stretch } from "./places.ts";

type CitedFilter = {
  /** The condition on `papers`; undefined if all match. */
  readonly ofPaper: SQL | undefined;
  /** The condition on `works`; undefined if all match. */
  readonly ofWork: SQL | undefined;
};

type CitedWork = Pick<OrderedPaper, "workId" | "citedByCount">;
/** The works of a stretch, including those at its bounds, since a work may have several papers. */
type WorkStretch = {
  readonly after: SQL | undefined;
  readonly before: SQL | undefined;
  readonly reverse: boolean;
};

/** Works read by the first step if papers are filtered; each further step reads four times as many, up to the most. */
const fewestWorks = 200;
const mostWorks = 20_000;
/** If a page would need this many more works, assume few matches, and read and sort up to `mostSorted` instead. */
const patience = 2_000;
const mostSorted = 5_000;

/**
 * Reads papers by the citation counts of their works. Counts are stored with the works: works are read in order, some
 * at a time, and then their matching papers. If few papers match, those are read first, then their works' counts.
 * `sender` must read one snapshot.
 */
export function papersByCitations(db: Queries, sender: Queryable, filter: CitedFilter): ReadPapers {
  /** All matches if there are few; null if there are many, undefined while unknown. */
  let few: readonly OrderedPaper[] | null | undefined;

  return async (stretch, limit) => {
    const found: OrderedPaper[] = [];
    let rest = worksOf(stretch);
    let worksRead = 0;
    // Each work has a paper; only those at the bounds may have none in the stretch.
    const first = filter.ofPaper === undefined ? limit + 2 : Math.max(2 * limit, fewestWorks);
    for (let size = first; !few; size = Math.min(4 * size, mostWorks)) {
      const read = await readWorks(db, sender, rest, filter.ofWork, size);
      found.push(...ordered(await readPapersOf(db, sender, read, filter), stretch));
      const last = read.at(-1);
      if (last === undefined || read.length < size || found.length >= limit) return found.slice(0, limit);
      rest = worksBehind(last, rest);
      worksRead += read.length;
      const worksToRead = ((limit - found.length) * worksRead) / Math.max(1, found.length);
      if (few === undefined && worksToRead > patience) few = await readFew(db, sender, filter);
    }
    return ordered(few, stretch).slice(0, limit);
  };
}

export const everyWork: WorkStretch = { after: undefined, before: undefined, reverse: false };

/** Matching works with a stored paper, most cited first, or least cited first if the stretch is reversed. */
export function readWorks(
  db: Queries,
  sender: Queryable,
  { after, before, reverse }: WorkStretch,
  ofWork: SQL | undefined,
  limit: number,
): Promise<CitedWork[]> {
  const direction = reverse ? asc : desc;
  const query = db
    .select({ workId: works.workId, citedByCount: works.citedByCount })
    .from(works)
    .where(and(isNotNull(works.paperId), ofWork, after, before))
    .orderBy(direction(works.citedByCount), direction(works.workId))
    .limit(limit);
  return readRows(sender, query);
}

async function readPapersOf(
  db: Queries,
  sender: Queryable,
  found: readonly CitedWork[],
  { ofPaper }: CitedFilter,
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
        ofPaper === undefined ? undefined : sql`(${ofPaper}) IS TRUE`,
      ),
    );
  return withCounts(await readRows(sender, query), counts);
}

/** All matching papers, in no particular order; null if there are too many. */
async function readFew(
  db: Queries,
  sender: Queryable,
  { ofPaper, ofWork }: CitedFilter,
): Promise<OrderedPaper[] | null> {
  const { paperId, workId, submittedAt } = papers;
  const query = db
    .select({ paperId, workId, submittedAt })
    .from(papers)
    .where(ofPaper)
    .limit(mostSorted + 1);
  const found = await readRows(sender, query);
  if (found.length > mostSorted) return null;
  const ids = bigintArray(new Set(found.map((paper) => paper.workId)));
  const counted = db
    .select({ workId: works.workId, citedByCount: works.citedByCount })
    .from(works)
    .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, ofWork));
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

function worksOf({ after, before, reverse }: Stretch): WorkStretch {
  const atBound = ({ key: [citedByCount = "0", workId = "0"] }: Bound, operator: string) =>
    besideWork(operator, citedByCount, workId);
  return {
    after: after === null ? undefined : atBound(after, "<="),
    before: before === null ? undefined : atBound(before, ">="),
    reverse,
  };
}

/** The rest of a stretch of works after one of them. */
function worksBehind({ citedByCount, workId }: CitedWork, rest: WorkStretch): WorkStretch {
  const behind = (operator: string) => besideWork(operator, String(citedByCount), String(workId));
  return rest.reverse ? { ...rest, before: behind(">") } : { ...rest, after: behind("<") };
}

function besideWork(operator: string, citedByCount: string, workId: string): SQL {
  return sql`(${works.citedByCount}, ${works.workId}) ${sql.raw(operator)} (${citedByCount}::int, ${workId}::bigint)`;
}

/** The papers within a stretch, in its order. */
function ordered(found: readonly OrderedPaper[], { after, before, reverse }: Stretch): OrderedPaper[] {
  const isWithin = (paper: OrderedPaper): boolean => {
    if (after !== null && !isBehind(comparePlaces(placeOf(paper), readPlace(after.key)), after)) return false;
    return before === null || isBehind(comparePlaces(readPlace(before.key), placeOf(paper)), before);
  };
  const within = found.filter(isWithin).sort((a, b) => comparePlaces(placeOf(a), placeOf(b)));
  return reverse ? within.reverse() : within;
}

function isBehind(comparison: number, { inclusive }: Bound): boolean {
  return comparison > 0 || (inclusive && comparison === 0);
}

type Place = readonly [citedByCount: bigint, workId: bigint, paperId: bigint];

function placeOf({ citedByCount, workId, paperId }: OrderedPaper): Place {
  return [BigInt(citedByCount), workId, paperId];
}

function readPlace([citedByCount = "0", workId = "0", paperId = "0"]: Key): Place {
  return [BigInt(citedByCount), BigInt(workId), BigInt(paperId)];
}

/** All three parts descend. */
function comparePlaces(a: Place, b: Place): number {
  const part = a.findIndex((value, index) => value !== b[index]);
  if (part < 0) return 0;
  return (a[part] as bigint) > (b[part] as bigint) ? -1 : 1;
}
