import { type Column, type SQL, sql } from "drizzle-orm";
import { type KeyOrder, KeysetConnection, type PageArguments, type Range } from "../keyset.ts";
import type { LoadersByArguments } from "./batching.ts";

/** Which of each paper's rows to read by ordinal. Both bounds are exclusive. */
export type OrdinalBounds = {
  readonly after: number | null;
  readonly before: number | null;
  readonly reverse: boolean;
};

/** A page of each paper's rows by ordinal, the same page for every paper of a batch. */
export type OrdinalPage = OrdinalBounds & { readonly limit: number };

export const firstPage: OrdinalBounds = { after: null, before: null, reverse: false };

/** Whether a page begins at the start of the list: the most common page. */
export function isFirstPage({ after, before, reverse }: OrdinalBounds): boolean {
  return after === null && before === null && !reverse;
}

export function withinPage(ordinal: Column, { after, before }: OrdinalBounds): SQL | undefined {
  if (after === null && before === null) return undefined;
  if (before === null) return sql`${ordinal} > ${after}`;
  return after === null ? sql`${ordinal} < ${before}` : sql`${ordinal} > ${after} AND ${ordinal} < ${before}`;
}

/**
 * The position of a row among its paper's rows of the page, from 1, used to limit the rows of each paper. The statement
 * contains the papers' ids, so it also runs if the tables are distributed.
 */
export function placeInPage(paperId: Column, ordinal: Column, reverse: boolean): SQL.Aliased<string> {
  const direction = reverse ? sql`DESC` : sql`ASC`;
  return sql<string>`row_number() OVER (PARTITION BY ${paperId} ORDER BY ${ordinal} ${direction})`.as(
    "place",
  );
}

type OrdinalSource<Filter, Row> = {
  /** Part of the cursors: `claims`, `references`, … */
  readonly name: string;
  readonly paperId: bigint;
  readonly filter: Filter;
  readonly pages: LoadersByArguments<Filter & OrdinalPage, bigint, readonly Row[]>;
  readonly count: () => Promise<number>;
};

/**
 * The connection of a paper's rows by ordinal. The same connection under many papers is one statement, since loaders
 * are shared by equal arguments.
 */
export function ordinalConnection<Filter extends object, Row extends { readonly ordinal: number }>(
  { name, paperId, filter, pages, count }: OrdinalSource<Filter, Row>,
  page: PageArguments,
): KeysetConnection<Row, Row> {
  const order: KeyOrder = { name, parts: ["integer"] };
  return new KeysetConnection<Row, Row>(
    {
      order,
      keyOf: (row) => [String(row.ordinal)],
      nodeOf: (row) => row,
      rows: (range) => pages.for({ ...filter, ...ordinalPageOf(range) }).get(paperId),
      count,
    },
    page,
  );
}

function ordinalPageOf({ after, before, isInclusive, reverse, limit }: Range): OrdinalPage {
  const step = isInclusive ? 1 : 0;
  return {
    after: after === null ? null : Number(after[0]) - step,
    before: before === null ? null : Number(before[0]) + step,
    reverse,
    limit,
  };
}
