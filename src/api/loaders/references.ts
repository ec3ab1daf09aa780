import { and, desc, eq, getTableColumns, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
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
import { isFirstPage, type OrdinalPage, placeInPage, withinPage } from "./ordinal.ts";
import { type Rows, SharedBatchesByLimit } from "./shared-batches.ts";

const { arxivId: _arxivId, doiId: _doiId, workUuidId: _workUuidId, ...columns } = getTableColumns(references);

/** The columns of a reference that are shown, or that shown fields need. */
const shownColumns = columns;

export type ReferenceRow = Omit<typeof references.$inferSelect, "arxivId" | "doiId" | "workUuidId">;

type ReferenceFilter = {
  readonly internalAnchor: boolean | null;
  /** Whether a paper of the cited work is stored. */
  readonly held: boolean | null;
};

type HeldFilter = ReferenceFilter & { readonly held: boolean };

/** A filter's condition on `references`; whether the cited paper is stored depends on another table. */
export function isAnchor({ internalAnchor }: ReferenceFilter): SQL | undefined {
  return internalAnchor === null ? undefined : eq(references.isInternalAnchor, internalAnchor);
}

/** A citation, identified by its two works. */
type EdgeKey = { readonly citingWorkId: bigint; readonly citedWorkId: bigint };

const edgeText = ({ citingWorkId, citedWorkId }: EdgeKey): string => `${citingWorkId}/${citedWorkId}`;

export type ReferenceLoaders = {
  /** By `paper_id`: the paper's references in the order of its snapshot. */
  readonly referencesOfPaper: LoadersByArguments<
    ReferenceFilter & OrdinalPage,
    bigint,
    readonly ReferenceRow[]
  >;
  /** How many of a paper's references match a filter with `stored`. */
  readonly heldReferenceCountOfPaper: LoadersByArguments<HeldFilter, bigint, number>;
  /** The references behind a citation, best proved first, then by paper and ordinal. */
  readonly referencesOfEdge: LoadersByArguments<{ readonly limit: number }, EdgeKey, readonly ReferenceRow[]>;
};

export function prepareReferenceLoaders(rows: Rows): (batches: Batches) => ReferenceLoaders {
  const { db, pool } = rows;
  const numbered = db
    .select({ ...shownColumns, place: placeInPage(references.paperId, references.ordinal) })
    .from(references)
    .where(sql`${references.paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])`)
    .as("numbered");
  const firstPagesQuery = db
    .select()
    .from(numbered)
    .where(sql`${numbered.place} <= ${sql.placeholder("limit")}`)
    .orderBy(numbered.paperId, numbered.place);
  const firstPages = prepareRows(firstPagesQuery, "api_first_references");
  const firstReferences = new SharedBatchesByLimit<bigint, readonly ReferenceRow[]>(
    rows,
    [],
    async (sender, paperIds, limit) =>
      groupBy(await firstPages(sender, { paperIds: bigintArray(paperIds), limit }), ({ paperId }) => paperId),
  );

  const held = heldReferences(rows);

  const readPages = async (paperIds: readonly bigint[], given: ReferenceFilter & OrdinalPage) => {
    const { reverse, limit } = given;
    const numbered = db
      .select({ ...shownColumns, place: placeInPage(references.paperId, references.ordinal, reverse) })
      .from(references)
      .where(
        and(
          inArray(references.paperId, [...paperIds]),
          withinPage(references.ordinal, given),
          isAnchor(given),
        ),
      )
      .as("numbered");
    const pages = db
      .select()
      .from(numbered)
      .where(sql`${numbered.place} <= ${limit}`)
      .orderBy(numbered.paperId, numbered.place);
    return readRows(pool, pages);
  };

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

  return (batches) => ({
    referencesOfPaper: new LoadersByArguments((given) =>
      given.internalAnchor === null && given.held === null && isFirstPage(given)
        ? batches.shared(firstReferences.of(given.limit))
        : batches.loader(
            async (paperIds) => {
              if (given.held !== null) return held.pages(paperIds, { ...given, held: given.held });
              return groupBy(await readPages(paperIds, given), ({ paperId }) => paperId);
            },
            [],
            undefined,
            given.limit,
          ),
    ),
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
    heldReferenceCountOfPaper: new LoadersByArguments((given) =>
      batches.loader((paperIds) => held.counts(paperIds, given), 0),
    ),
  });
}

/** A position in a paper's list. */
type Place = Pick<ReferenceRow, "paperId" | "ordinal">;
type Cited = Place & Pick<ReferenceRow, "citedWorkId">;

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

/** Most papers list fewer references. */
const usualReferences = 200;
/** The maximum number of rows of a statement. */
const mostRows = 20_000;

type HeldReferences = {
  /** By `paper_id`, the page of each paper's matching references. */
  pages(paperIds: readonly bigint[], given: HeldFilter & OrdinalPage): Promise<Map<bigint, ReferenceRow[]>>;
  /** By `paper_id`, the number of its matching references; no entry if there are none. */
  counts(paperIds: readonly bigint[], given: HeldFilter): Promise<Map<bigint, number>>;
};

/**
 * References by whether a paper of the cited work is stored. References are distributed by paper, but this fact by
 * work, so a snapshot reads them in turns: a part of each paper's list, then which of its works have a paper, until the
 * page is full or the list has ended.
 */
function heldReferences({ db, pool }: Rows): HeldReferences {
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
  const readHeld = async (sender: Queryable, rows: readonly Cited[]): Promise<Set<bigint>> => {
    if (rows.length === 0) return new Set();
    const ids = bigintArray(new Set(rows.map((row) => row.citedWorkId)));
    const held = db
      .select({ workId: works.workId })
      .from(works)
      .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, isNotNull(works.paperId)));
    return new Set((await readRows(sender, held)).map(({ workId }) => workId));
  };
  /** Calls `found` with matching positions, some at a time, in order for each paper. */
  const findPlaces = async (
    sender: Queryable,
    paperIds: readonly bigint[],
    held: boolean,
    reading: Reading,
    found: (paperId: bigint, places: readonly Place[]) => void,
  ): Promise<void> => {
    const counts = new Map<bigint, number>();
    let waiting = paperIds.map((paperId): Place => ({ paperId, ordinal: reading.begin }));
    // Few papers list enough to need a second step; the first may include many papers.
    for (let size = usualReferences; waiting.length > 0; size = Math.min(4 * size, mostRows)) {
      const together = Math.floor(mostRows / size);
      const longer: Place[] = [];
      for (let first = 0; first < waiting.length; first += together) {
        const behind = waiting.slice(first, first + together);
        const rows: Cited[] = await readStep(sender, { behind, size }, reading);
        const heldIds = await readHeld(sender, rows);
        for (const [paper, read] of groupBy(rows, (row) => row.paperId)) {
          const fitting = read.filter((row) => heldIds.has(row.citedWorkId) === held);
          const count = (counts.get(paper) ?? 0) + fitting.length;
          counts.set(paper, count);
          found(paper, fitting);
          if (read.length === size && count < reading.limit) longer.push(read.at(-1) as Cited);
        }
      }
      waiting = longer;
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
    pages: (paperIds, given) =>
      inSnapshot(pool, async (sender) => {
        const { held, reverse, limit, after, before } = given;
        const begin = reverse ? (before ?? 2 ** 31 - 1) : (after ?? -1);
        const condition = and(isAnchor(given), withinPage(ordinal, given));
        const pages = new Map<bigint, readonly Place[]>();
        await findPlaces(sender, paperIds, held, { begin, reverse, condition, limit }, (paper, places) => {
          pages.set(paper, [...(pages.get(paper) ?? []), ...places].slice(0, limit));
        });
        const rows = await readPlaces(sender, [...pages.values()].flat());
        rows.sort((a, b) => (reverse ? b.ordinal - a.ordinal : a.ordinal - b.ordinal));
        return groupBy(rows, (row) => row.paperId);
      }),
    counts: (paperIds, given) =>
      inSnapshot(pool, async (sender) => {
        const counts = new Map<bigint, number>();
        const limit = Number.POSITIVE_INFINITY;
        const reading = { begin: -1, reverse: false, condition: isAnchor(given), limit };
        await findPlaces(sender, paperIds, given.held, reading, (paper, places) => {
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
