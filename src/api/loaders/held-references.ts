import { and, isNotNull, type SQL, sql } from "drizzle-orm";
import type { Sender } from "../../store/cancellation.ts";
import { readRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { inSnapshot } from "../../store/snapshot.ts";
import { references, works } from "../../store/tables/index.ts";
import { groupBy } from "./batch.ts";
import { type OrdinalPage, placeInPage, withinPage } from "./ordinal-page.ts";
import { type HeldFilter, isAnchor, type ReferenceRow, shownColumns } from "./reference-rows.ts";
import type { Rows } from "./rows-of-database.ts";

/** A place in a paper's list. */
type Place = Pick<ReferenceRow, "paperId" | "ordinal">;
type Cited = Place & Pick<ReferenceRow, "citedWorkId">;

/** What a statement reads: so many rows of each paper, behind a place that was read before. */
type Step = { readonly behind: readonly Place[]; readonly size: number };

/** How lists are read: from where on, in which direction, and of the rows that fit a condition. */
type Reading = {
  readonly begin: number;
  readonly reverse: boolean;
  readonly condition: SQL | undefined;
  /** How many of each paper's rows that fit are wanted. */
  readonly limit: number;
};

/** Most papers list fewer references. */
const usualReferences = 200;
/** Rows that a statement gives, whatever the papers list. */
const mostRows = 20_000;

export type HeldReferences = {
  /** By `paper_id`, the page of each paper's references that fit. */
  pages(paperIds: readonly bigint[], given: HeldFilter & OrdinalPage): Promise<Map<bigint, ReferenceRow[]>>;
  /** By `paper_id`, how many of its references fit; no entry for none. */
  counts(paperIds: readonly bigint[], given: HeldFilter): Promise<Map<bigint, number>>;
};

/**
 * References by whether a paper of the work cited is held. A reference lies with its paper and that word with the work,
 * so they are read in turn, in one snapshot: some of each paper's list, then which of their works are held, until the
 * page is full or the list has ended.
 */
export function heldReferences({ db, pool }: Rows): HeldReferences {
  const { paperId, ordinal, citedWorkId } = references;

  const readStep = (sender: Sender, { behind, size }: Step, { reverse, condition }: Reading) => {
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
  const readHeld = async (sender: Sender, rows: readonly Cited[]): Promise<Set<bigint>> => {
    if (rows.length === 0) return new Set();
    const ids = bigintArray(new Set(rows.map((row) => row.citedWorkId)));
    const held = db
      .select({ workId: works.workId })
      .from(works)
      .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, isNotNull(works.paperId)));
    return new Set((await readRows(sender, held)).map(({ workId }) => workId));
  };
  /** Calls `found` with places that fit, some at a time, each paper's in their order. */
  const findPlaces = async (
    sender: Sender,
    paperIds: readonly bigint[],
    held: boolean,
    reading: Reading,
    found: (paperId: bigint, places: readonly Place[]) => void,
  ): Promise<void> => {
    const counts = new Map<bigint, number>();
    let waiting = paperIds.map((paperId): Place => ({ paperId, ordinal: reading.begin }));
    // Few papers list so much that they are read in a second step; there may be many in the first.
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
  const readPlaces = (sender: Sender, places: readonly Place[]): Promise<ReferenceRow[]> => {
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

/** Says nothing new, but where the tables are distributed it tells on which servers these papers lie. */
function ofPapers(places: readonly Place[]): SQL {
  const ids = bigintArray(new Set(places.map(({ paperId }) => paperId)));
  return sql`${references.paperId} = ANY(${ids}::bigint[])`;
}
