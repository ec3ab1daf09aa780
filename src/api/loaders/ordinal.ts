import { type Column, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { bigintArray, inLayout, prepareRows, type Queryable } from "../../store/index.ts";
import { type KeyOrder, KeysetConnection, type PageArguments, type Range } from "../keyset.ts";
import { type Batches, groupBy, type LoadersByArguments, type RowLoader } from "./batching.ts";
import { type ColumnSet, selection, type TableColumns } from "./columns.ts";
import type { CachedRows } from "./row-cache.ts";
import { type LoaderSource, SharedBatchesByLimit } from "./shared-batches.ts";

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

/** Rows of another table that are read with those of a page, if the tables are on one server. */
export type JoinedRows = {
  /** The member of a row of the page that has its row. */
  readonly member: string;
  readonly table: PgTable;
  readonly on: SQL;
  /** The columns to read, with the table's key first. */
  readonly columns: ColumnSet<never>;
  readonly cache: (row: object, version: string) => void;
};

type Pages<Row> = (
  sender: Queryable,
  paperIds: readonly bigint[],
  page: OrdinalPage,
) => Promise<Map<bigint, Row[]>>;

/** Pages of papers' complete lists, which are read by their places. */
export class OrdinalPages<Row extends OrdinalRow> {
  readonly #source: LoaderSource;
  readonly #table: OrdinalTable<Row>;
  /** By the columns that they read. */
  readonly #statements = new Map<
    string,
    { readonly pages: Pages<Row>; readonly first: SharedBatchesByLimit<bigint, readonly Row[]> }
  >();

  constructor(source: LoaderSource, table: OrdinalTable<Row>) {
    this.#source = source;
    this.#table = table;
  }

  loader(
    batches: Batches,
    page: OrdinalPage & { readonly columns: ColumnSet<Row> },
    joined: readonly JoinedRows[] = [],
  ): RowLoader<bigint, readonly Row[]> {
    const { pages, first } = this.#statement(page.columns, joined);
    const { after, before, reverse, limit } = page;
    return after === null && before === null && !reverse
      ? batches.sharedLoader(first.for(limit))
      : batches.loader((paperIds) => pages(this.#source.pool, paperIds, page), [], undefined, limit);
  }

  #statement(columns: ColumnSet<Row>, joined: readonly JoinedRows[]) {
    const read = this.#table.columns.read(columns);
    const id = [read.toJSON(), ...joined.map(({ member, columns }) => `${member}_${columns.toJSON()}`)].join(
      "_",
    );
    let statement = this.#statements.get(id);
    if (statement === undefined) {
      const alone = this.#pages(read, [], read.toJSON());
      const together = this.#pages(read, joined, id);
      const { pool } = this.#source;
      const pages: Pages<Row> =
        joined.length === 0
          ? alone
          : (...page) => inLayout(pool, { single: () => together(...page), citus: () => alone(...page) });
      const first = new SharedBatchesByLimit<bigint, readonly Row[]>(
        this.#source,
        [],
        (sender, paperIds, limit) =>
          pages(sender, paperIds, { after: null, before: null, reverse: false, limit }),
        () => this.#cache(joined),
      );
      statement = { pages, first };
      this.#statements.set(id, statement);
    }
    return statement;
  }

  #pages(read: ColumnSet<Row>, joined: readonly JoinedRows[], id: string): Pages<Row> {
    const { table, name } = this.#table;
    const { paperId, ordinal } = table;
    const others = joined.map(({ member, table, columns }) => [member, selection(table, columns)]);
    let query = this.#source.db
      .select({ ...selection(table, read), ...Object.fromEntries(others) })
      .from(table)
      .$dynamic();
    for (const { table: other, on } of joined) query = query.leftJoin(other, on) as unknown as typeof query;
    const statement = prepareRows(
      query
        .where(
          sql`${paperId} = ANY(${sql.placeholder("paperIds")}::bigint[])
            AND ${ordinal} >= ${sql.placeholder("from")} AND ${ordinal} < ${sql.placeholder("to")}`,
        )
        .orderBy(paperId, ordinal),
      `${name}_${id}`,
    );
    return async (sender, paperIds, page) => {
      const values = { paperIds: bigintArray(paperIds), ...placesOf(page) };
      const rows = (await statement(sender, values)) as unknown as Row[];
      return groupBy(page.reverse ? rows.reverse() : rows, (row) => row.paperId);
    };
  }

  /** Caches pages without the joined rows, which are cached once for all pages. */
  #cache(joined: readonly JoinedRows[]): CachedRows<bigint, readonly Row[]> | undefined {
    const pages = this.#source.cache?.section<bigint, readonly Row[]>();
    if (pages === undefined || joined.length === 0) return pages;
    return {
      get: pages.get,
      set: (paperId, rows, version) => {
        const stripped = rows.map((row) => {
          const own: Record<string, unknown> = { ...row };
          for (const { member, cache } of joined) {
            if (own[member]) cache(own[member], version);
            delete own[member];
          }
          return own as unknown as Row;
        });
        pages.set(paperId, stripped, version);
      },
    };
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
