import { and, ne, sql } from "drizzle-orm";
import type { Sender } from "../../store/cancellable.ts";
import type { Queries } from "../../store/database.ts";
import { readRows } from "../../store/prepared-rows.ts";
import { bigintArray } from "../../store/rows.ts";
import { citations } from "../../store/tables/index.ts";
import { keyOf, type OrderedPaper, onwardFrom, type PaperOrder, type ReadPapers } from "./places.ts";

/** Papers of the first step, at the least; each further one reads four times as many, up to the most. */
const fewest = 40;
const most = 2_000;

/**
 * Of the papers of an order, those in whose works no other is anchored. Citations lie with works, so some papers are
 * read, then which of their works are anchors, until the page is full. `sender` is to have one snapshot.
 */
export function withoutAnchors(
  db: Queries,
  sender: Sender,
  order: PaperOrder,
  readPapers: ReadPapers,
): ReadPapers {
  return async (stretch, limit) => {
    const found: OrderedPaper[] = [];
    let rest = stretch;
    for (let size = Math.max(2 * limit, fewest); ; size = Math.min(4 * size, most)) {
      const read = await readPapers(rest, size);
      const anchors = await readAnchors(db, sender, read);
      found.push(...read.filter(({ workId }) => !anchors.has(workId)));
      const last = read.at(-1);
      if (last === undefined || read.length < size || found.length >= limit) return found.slice(0, limit);
      rest = onwardFrom(rest, keyOf(order, last));
    }
  };
}

/** Which works of these papers another work is anchored in. */
async function readAnchors(
  db: Queries,
  sender: Sender,
  papers: readonly OrderedPaper[],
): Promise<Set<bigint>> {
  if (papers.length === 0) return new Set();
  const ids = bigintArray(new Set(papers.map(({ workId }) => workId)));
  const query = db
    .selectDistinct({ workId: citations.citedWorkId })
    .from(citations)
    .where(
      and(
        sql`${citations.citedWorkId} = ANY(${ids}::bigint[])`,
        citations.isInternalAnchor,
        ne(citations.citingWorkId, citations.citedWorkId),
      ),
    );
  return new Set((await readRows(sender, query)).map(({ workId }) => workId));
}
