import { type Column, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { bigintArray, prepareRows, type Queryable } from "../../store/index.ts";
import { type KeyOrder, KeysetConnection, type PageArguments, type Range } from "../keyset.ts";
import { type Batches, groupBy, type LoadersByArguments, type RowLoader } from "./batching.ts";
import { type ColumnSet, selection, type TableColumns } from "./columns.ts";
import { type LoaderSource, PerSet, SharedBatchesByLimit } from "./shared-batches.ts";

/** Which of each paper's rows to read by ordinal. Both bounds are exclusive. */
export type OrdinalBounds = {
  readonly after: number | null;
  readonly before: number | null;
  readonly reverse: boolean;
};

/** A page of each paper's rows by ordinal, the same page for every paper of a batch. */
export type OrdinalPage = OrdinalBounds & { readonly limit: number };

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

const maxOrdinal = 2 ** 31 - 1;

/** The places of a page: from the first, up to but not including the last. Ordinals begin with 0 and have no gaps. */
function placesOf({ after, before, reverse, limit }: OrdinalPage): { from: number; to: number } {
  const start = after === null ? 0 : after + 1;
  const end = before ?? maxOrdinal;
  if (!reverse) return { from: start, to: Math.min(end, start + limit) };
  if (before === null) throw new Error("A list that is read backward needs an end.");
  return { from: Math.max(start, end - limit), to: end };
}

type OrdinalRow = { readonly paperId: bigint; readonly ordinal: number };
type OrdinalTable<Row> = {
  readonly table: PgTable & { readonly paperId: PgColumn; readonly ordinal: PgColumn };
  readonly columns: TableColumns<Row>;
  /** The name of the prepared statements. */
  readonly name: string;
};

/** Pages of papers' complete lists, which are read by their places. */
export class OrdinalPages<Row extends OrdinalRow> {
  readonly #pool: LoaderSource["pool"];
  readonly #columns: TableColumns<Row>;
  readonly #statements;

  constructor(source: LoaderSource, { table, columns, name }: OrdinalTable<Row>) {
    this.#pool = source.pool;
    this.#columns = columns;
    this.#statements = new PerSet((read: ColumnSet<Row>) => {
      const { paperId, ordinal } = table;
      const query = prepareRows(
        source.db
          .select(selection(table, read))
          .from(table)
          .where(
            sql`${paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
              AND ${ordinal} >= ${sql.placeholder("from")} AND ${ordinal} < ${sql.placeholder("to")}`,
          )
          .orderBy(paperId, ordinal),
        `${name}_${read.toJSON()}`,
      );
      const pages = async (sender: Queryable, paperIds: readonly bigint[], page: OrdinalPage) => {
        const rows = (await query(sender, { paperIds: bigintArray(paperIds), ...placesOf(page) })) as Row[];
        return groupBy(page.reverse ? rows.reverse() : rows, (row) => row.paperId);
      };
      const first = new SharedBatchesByLimit<bigint, readonly Row[]>(source, [], (sender, paperIds, limit) =>
        pages(sender, paperIds, { after: null, before: null, reverse: false, limit }),
      );
      return { pages, first };
    });
  }

  loader(
    batches: Batches,
    page: OrdinalPage & { readonly columns: ColumnSet<Row> },
  ): RowLoader<bigint, readonly Row[]> {
    const { pages, first } = this.#statements.for(this.#columns.read(page.columns));
    const { after, before, reverse, limit } = page;
    return after === null && before === null && !reverse
      ? batches.sharedLoader(first.for(limit))
      : batches.loader((paperIds) => pages(this.#pool, paperIds, page), [], undefined, limit);
  }
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
