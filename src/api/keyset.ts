import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { isSha256, parseInstant } from "../protocol/index.ts";
import type { Queries } from "../store/index.ts";
import { readPageSize } from "./argument-limits.ts";
import { ApiError, badUserInput } from "./errors.ts";

/** The type of a part of a key. Each value has one spelling, so a cursor has one, too. */
export type KeyPart = "instant" | "bigint" | "integer" | "sha256";

/** The place of a row in an order: the values of the order's columns as texts. */
export type Key = readonly string[];

/** A total order of rows that a connection pages through. Cursors contain its name and are valid for no other order. */
export type KeyOrder = { readonly name: string; readonly parts: readonly KeyPart[] };

// One below the maximum of the column type: some conditions use the neighbour of a key.
const maxBigint = 2n ** 63n - 2n;
const maxInteger = 2n ** 31n - 2n;

export function encodeCursor(order: KeyOrder, key: Key): string {
  return Buffer.from(JSON.stringify([order.name, ...key]), "utf8").toString("base64url");
}

/** Decodes a cursor of this order from `encodeCursor`. Throws BAD_USER_INPUT for anything else. */
export function decodeCursor(order: KeyOrder, cursor: string, argument: string): Key {
  const key = cursor.length > 300 ? null : readKey(Buffer.from(cursor, "base64url").toString("utf8"));
  if (
    key === null ||
    key[0] !== order.name ||
    key.length !== order.parts.length + 1 ||
    !order.parts.every((part, index) => isPart(part, key[index + 1] ?? "")) ||
    encodeCursor(order, key.slice(1)) !== cursor
  ) {
    throw badUserInput(
      `\`${argument}\` is not a cursor of this connection. Take cursors from its \`edges\` or \`pageInfo\`, with the same order.`,
    );
  }
  return key.slice(1);
}

function readKey(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : null;
  } catch {
    return null;
  }
}

function isPart(part: KeyPart, text: string): boolean {
  if (part === "instant") return parseInstant(text) !== null;
  if (part === "sha256") return isSha256(text);
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return false;
  const value = BigInt(text);
  const max = part === "bigint" ? maxBigint : maxInteger;
  return value <= max && value >= -max;
}

export type PageArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/** A range of rows in an order. */
export type Range = {
  readonly after: Key | null;
  readonly before: Key | null;
  /** Whether the rows at the bounds belong to the range. */
  readonly isInclusive: boolean;
  /** Reads backward from the end: rows come in reverse order. */
  readonly reverse: boolean;
  readonly limit: number;
};

/** The data source of a connection. */
export type KeysetSource<Row, Node> = {
  readonly order: KeyOrder;
  readonly keyOf: (row: Row) => Key;
  /** Null if the row's node has been removed since; it is left out. */
  readonly nodeOf: (row: Row) => Node | null | Promise<Node | null>;
  readonly rows: (range: Range) => readonly Row[] | Promise<readonly Row[]>;
  /** If each key of a cursor certainly has a row. Otherwise, `rows` is read to find out. */
  readonly keysExist?: true;
  readonly count: () => Promise<number>;
};

/** A row's node with its cursor, which is encoded only on access. */
class Edge<Row, Node> {
  readonly node: Node;
  readonly #source: Pick<KeysetSource<Row, Node>, "order" | "keyOf">;
  readonly #row: Row;

  constructor(source: Pick<KeysetSource<Row, Node>, "order" | "keyOf">, row: Row, node: Node) {
    this.#source = source;
    this.#row = row;
    this.node = node;
  }

  get cursor(): string {
    return encodeCursor(this.#source.order, this.#source.keyOf(this.#row));
  }
}

export type PageInfo = {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
};

type Page<Row> = { readonly rows: readonly Row[]; readonly hasMore: boolean };

/**
 * A Relay connection with keyset pagination. Each part runs its statement only when resolved, and returns no promise if
 * its rows are in memory.
 */
export class KeysetConnection<Row, Node> {
  readonly #source: KeysetSource<Row, Node>;
  readonly #range: Range;
  #page: Page<Row> | Promise<Page<Row>> | undefined;
  #edges: Edge<Row, Node>[] | Promise<Edge<Row, Node>[]> | undefined;

  /** Throws BAD_USER_INPUT if the arguments are not a page of this order. */
  constructor(source: KeysetSource<Row, Node>, page: PageArguments) {
    this.#source = source;
    this.#range = readRange(source.order, page);
  }

  get edges(): Edge<Row, Node>[] | Promise<Edge<Row, Node>[]> {
    if (this.#edges === undefined) {
      const page = this.#readPage();
      this.#edges =
        page instanceof Promise ? page.then(({ rows }) => this.#edgesOf(rows)) : this.#edgesOf(page.rows);
    }
    return this.#edges;
  }

  get pageInfo(): Promise<PageInfo> {
    return this.#readPageInfo();
  }

  totalCount(): Promise<number> {
    return this.#source.count();
  }

  #edgesOf(rows: readonly Row[]): Edge<Row, Node>[] | Promise<Edge<Row, Node>[]> {
    const nodes = rows.map((row) => this.#source.nodeOf(row));
    const pair = (found: readonly (Node | null)[]): Edge<Row, Node>[] =>
      rows.flatMap((row, index) => {
        const node = found[index] ?? null;
        return node === null ? [] : [new Edge(this.#source, row, node)];
      });
    return nodes.some((node) => node instanceof Promise)
      ? Promise.all(nodes).then(pair)
      : pair(nodes as (Node | null)[]);
  }

  #readPage(): Page<Row> | Promise<Page<Row>> {
    if (this.#page === undefined) {
      const found = this.#source.rows({ ...this.#range, limit: this.#range.limit + 1 });
      this.#page = found instanceof Promise ? found.then((rows) => this.#pageOf(rows)) : this.#pageOf(found);
    }
    return this.#page;
  }

  #pageOf(found: readonly Row[]): Page<Row> {
    // One extra row tells whether there is a further page.
    const rows = found.slice(0, this.#range.limit);
    return { rows: this.#range.reverse ? rows.reverse() : rows, hasMore: found.length > rows.length };
  }

  async #readPageInfo(): Promise<PageInfo> {
    const { after, before, reverse } = this.#range;
    const [{ rows, hasMore: more }, anyBefore, anyAfter] = await Promise.all([
      this.#readPage(),
      this.#hasRowsFrom(after, "before"),
      this.#hasRowsFrom(before, "after"),
    ]);
    const cursorOf = (row: Row | undefined) =>
      row === undefined ? null : encodeCursor(this.#source.order, this.#source.keyOf(row));
    return {
      hasNextPage: anyAfter || (!reverse && more),
      hasPreviousPage: anyBefore || (reverse && more),
      startCursor: cursorOf(rows[0]),
      endCursor: cursorOf(rows.at(-1)),
    };
  }

  /** Whether there is a row at this key or on the given side of it; false without a key. */
  async #hasRowsFrom(key: Key | null, side: "before" | "after"): Promise<boolean> {
    if (key === null) return false;
    if (this.#source.keysExist) return true;
    const bounds = side === "before" ? { after: null, before: key } : { after: key, before: null };
    const range = { ...bounds, isInclusive: true, reverse: side === "before", limit: 1 };
    return (await this.#source.rows(range)).length > 0;
  }
}

function readRange(order: KeyOrder, { first, after, last, before }: PageArguments): Range {
  const reverse = last !== null && last !== undefined;
  if (reverse && first !== null && first !== undefined) {
    throw badUserInput("Use either `first` or `last`, not both.");
  }
  return {
    after: after === null || after === undefined ? null : decodeCursor(order, after, "after"),
    before: before === null || before === undefined ? null : decodeCursor(order, before, "before"),
    isInclusive: false,
    reverse,
    limit: readPageSize(reverse ? "last" : "first", reverse ? last : first),
  };
}

/** The maximum number of rows that are counted for a filter: one or two seconds of work. */
const maxCountedRows = 1_000_000;

/** The exact number of rows of a table that match a condition. Rejects with QUERY_TOO_COMPLEX above `mostCounted`. */
export async function countRows(db: Queries, table: PgTable, condition: SQL | undefined): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(sql`SELECT ${countOf(table, condition)} AS count`);
  return checkCount(Number(rows[0]?.count ?? 0));
}

/**
 * Rows that match `condition` minus those that match `excluded`, a subset, in one snapshot. For anti-joins: counting
 * the rows with a match in another table is faster than finding those without. Rejects as `countRows` does.
 */
export async function countRowsWithout(
  db: Queries,
  table: PgTable,
  condition: SQL | undefined,
  excluded: SQL | undefined,
): Promise<number> {
  const { rows } = await db.execute<{ count: string; excluded: string }>(
    sql`SELECT ${countOf(table, condition)} AS count, ${countOf(table, excluded)} AS excluded`,
  );
  return checkCount(Number(rows[0]?.count ?? 0)) - Number(rows[0]?.excluded ?? 0);
}

/** One row beyond the limit shows that there are more. */
function countOf(table: PgTable, condition: SQL | undefined): SQL {
  const limit = sql.raw(String(maxCountedRows + 1));
  return sql`(SELECT count(*) FROM (SELECT FROM ${table} WHERE ${condition ?? sql`true`} LIMIT ${limit}) AS counted)`;
}

function checkCount(count: number): number {
  if (count <= maxCountedRows) return count;
  throw new ApiError(
    "QUERY_TOO_COMPLEX",
    `More than ${maxCountedRows.toLocaleString("en-US")} rows would have to be counted for this filter. Use a narrower filter, or omit \`totalCount\`.`,
  );
}
