import { type Column, type SQL, sql } from "drizzle-orm";

/**
 * A page of each paper's rows by their ordinal, the same page for every paper of a batch. Both bounds are
 * exclusive.
 */
export type OrdinalPage = {
  readonly after: number | null;
  readonly before: number | null;
  readonly reverse: boolean;
  readonly limit: number;
};

/** Whether a page begins where the list does: the page that is asked for most. */
export function isFirstPage({ after, before, reverse }: OrdinalPage): boolean {
  return after === null && before === null && !reverse;
}

export function withinPage(ordinal: Column, { after, before }: OrdinalPage): SQL | undefined {
  if (after === null && before === null) return undefined;
  if (before === null) return sql`${ordinal} > ${after}`;
  return after === null ? sql`${ordinal} < ${before}` : sql`${ordinal} > ${after} AND ${ordinal} < ${before}`;
}

/**
 * A row's place among its paper's rows of the page, from 1. Rows past the page's limit are cut by it, paper by
 * paper; the statement carries the papers' ids, so it also runs where the tables are distributed.
 */
export function placeInPage(paperId: Column, ordinal: Column, reverse = false): SQL.Aliased<string> {
  const direction = reverse ? sql`DESC` : sql`ASC`;
  return sql<string>`row_number() OVER (PARTITION BY ${paperId} ORDER BY ${ordinal} ${direction})`.as(
    "place",
  );
}
