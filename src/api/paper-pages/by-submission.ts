import { and, asc, desc, type SQL, sql } from "drizzle-orm";
import { papers, type Queries, type Queryable, readRows } from "../../store/index.ts";
import type { Bound, OrderedPaper, ReadPapers } from "./places.ts";

/** Reads the papers that match a condition in order of submission, from an index with that order. */
export function papersBySubmission(
  db: Queries,
  sender: Queryable,
  condition: SQL | undefined,
  isDescending: boolean,
): ReadPapers {
  const beside = ({ key, inclusive }: Bound, side: "after" | "before"): SQL => {
    const operator = `${(side === "before") === isDescending ? ">" : "<"}${inclusive ? "=" : ""}`;
    const [submittedAt, paperId] = key;
    return sql`(${papers.submittedAt}, ${papers.paperId}) ${sql.raw(operator)} (${submittedAt}::timestamptz, ${paperId}::bigint)`;
  };
  return async ({ after, before, reverse }, limit): Promise<OrderedPaper[]> => {
    const direction = isDescending === reverse ? asc : desc;
    const { paperId, workId, submittedAt } = papers;
    const query = db
      .select({ paperId, workId, submittedAt })
      .from(papers)
      .where(
        and(
          condition,
          after === null ? undefined : beside(after, "after"),
          before === null ? undefined : beside(before, "before"),
        ),
      )
      .orderBy(direction(submittedAt), direction(paperId))
      .limit(limit);
    return (await readRows(sender, query)).map((paper) => ({ ...paper, citedByCount: 0 }));
  };
}
