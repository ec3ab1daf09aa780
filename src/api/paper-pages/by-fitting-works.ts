import { and, type SQL, sql } from "drizzle-orm";
import { bigintArray, papers, type Queries, type Queryable, readRows, works } from "../../store/index.ts";
import { everyWork, readWorks } from "./by-citations.ts";
import { keyOf, type OrderedPaper, onwardFrom, type PaperOrder, type ReadPapers } from "./places.ts";

/** The fewest papers that the first step reads; each further step reads four times as many, up to the most. */
const fewest = 200;
const most = 2_000;
/** If a page would need this many more papers, assume few matches, and read up to `mostFitting` works instead. */
const patience = 2_000;
const mostFitting = 2_000;

/**
 * The papers of an order whose works match a condition on `works`. Most works may match, or few, so a list of all
 * matches could be huge. So papers are read in steps, then which of their works match, until the page is full. If few
 * works match, these are read first, then their papers. `sender` must read one snapshot; `readerOf` returns a reader of
 * the order, limited to papers that match a condition on `papers`.
 */
export function papersOfFittingWorks(
  db: Queries,
  sender: Queryable,
  order: PaperOrder,
  ofWork: SQL | undefined,
  readerOf: (ofPaper: SQL | undefined) => ReadPapers,
): ReadPapers {
  const readPapers = readerOf(undefined);
  /** Reads the papers of matching works if there are few; null if there are many. */
  let few: ReadPapers | null | undefined;

  return async (stretch, limit) => {
    const found: OrderedPaper[] = [];
    let rest = stretch;
    let papersRead = 0;
    for (let size = Math.max(2 * limit, fewest); !few; size = Math.min(4 * size, most)) {
      const read = await readPapers(rest, size);
      found.push(...(await withFittingWorks(db, sender, read, ofWork)));
      const last = read.at(-1);
      if (last === undefined || read.length < size || found.length >= limit) return found.slice(0, limit);
      rest = onwardFrom(rest, keyOf(order, last));
      papersRead += read.length;
      const papersToRead = ((limit - found.length) * papersRead) / Math.max(1, found.length);
      if (few === undefined && papersToRead > patience) {
        const fitting = await readWorks(db, sender, everyWork, ofWork, mostFitting + 1);
        few = fitting.length > mostFitting ? null : readerOf(isOfWork(fitting));
      }
    }
    return few(stretch, limit);
  };
}

async function withFittingWorks(
  db: Queries,
  sender: Queryable,
  read: readonly OrderedPaper[],
  ofWork: SQL | undefined,
): Promise<OrderedPaper[]> {
  if (read.length === 0) return [];
  const ids = bigintArray(new Set(read.map(({ workId }) => workId)));
  const query = db
    .select({ workId: works.workId })
    .from(works)
    .where(and(sql`${works.workId} = ANY(${ids}::bigint[])`, ofWork));
  const fitting = new Set((await readRows(sender, query)).map(({ workId }) => workId));
  return read.filter(({ workId }) => fitting.has(workId));
}

function isOfWork(fitting: readonly { readonly workId: bigint }[]): SQL {
  return sql`${papers.workId} = ANY(${bigintArray(fitting.map(({ workId }) => workId))}::bigint[])`;
}
