import { decodeCursor, encodeCursor, type Key, type KeyOrder } from "./cursor.ts";
import { badUserInput } from "./errors.ts";

/** Rows of a page unless `first` or `last` says otherwise, and the most that they may say. */
export const defaultPageSize = 20;
export const maximumPageSize = 100;

export type PageArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/** Which rows of an order are wanted; both bounds are exclusive. */
export type Range = {
  readonly after: Key | null;
  readonly before: Key | null;
  /** From the end backward: rows come in reverse. */
  readonly reverse: boolean;
  readonly limit: number;
};

/** Where a connection's rows come from. */
export type KeysetSource<Row, Node> = {
  readonly order: KeyOrder;
  readonly keyOf: (row: Row) => Key;
  /** Null for a row whose node has gone since; it is left out. */
  readonly nodeOf: (row: Row) => Node | null | Promise<Node | null>;
  readonly rows: (range: Range) => Promise<readonly Row[]>;
  /** Whether there is a row at this key or on the given side of it. */
  readonly anyFrom: (key: Key, side: "before" | "after") => Promise<boolean>;
  readonly count: () => Promise<number>;
};

export type Edge<Node> = { cursor: string; node: Node };

export type PageInfo = {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
};

/** A Relay connection by keyset. What is not asked for is not read: each part runs its statement when resolved. */
export class KeysetConnection<Row, Node> {
  readonly #source: KeysetSource<Row, Node>;
  readonly #range: Range;
  #page: Promise<{ rows: readonly Row[]; more: boolean }> | undefined;
  #edges: Promise<Edge<Node>[]> | undefined;

  /** Throws BAD_USER_INPUT where the arguments are no page of this order. */
  constructor(source: KeysetSource<Row, Node>, page: PageArguments) {
    this.#source = source;
    this.#range = readRange(source.order, page);
  }

  get edges(): Promise<Edge<Node>[]> {
    this.#edges ??= this.#readEdges();
    return this.#edges;
  }

  get pageInfo(): Promise<PageInfo> {
    return this.#readPageInfo();
  }

  totalCount(): Promise<number> {
    return this.#source.count();
  }

  async #readEdges(): Promise<Edge<Node>[]> {
    const { rows } = await this.#readPage();
    const { order, keyOf, nodeOf } = this.#source;
    const nodes = await Promise.all(rows.map((row) => nodeOf(row)));
    return rows.flatMap((row, index) => {
      const node = nodes[index] ?? null;
      return node === null ? [] : [{ cursor: encodeCursor(order, keyOf(row)), node }];
    });
  }

  #readPage(): Promise<{ rows: readonly Row[]; more: boolean }> {
    this.#page ??= this.#source.rows({ ...this.#range, limit: this.#range.limit + 1 }).then((found) => {
      // One more than asked for tells whether there is a further page.
      const rows = found.slice(0, this.#range.limit);
      return { rows: this.#range.reverse ? rows.reverse() : rows, more: found.length > rows.length };
    });
    return this.#page;
  }

  async #readPageInfo(): Promise<PageInfo> {
    const { after, before, reverse } = this.#range;
    const [{ rows, more }, anyBefore, anyAfter] = await Promise.all([
      this.#readPage(),
      after === null ? false : this.#source.anyFrom(after, "before"),
      before === null ? false : this.#source.anyFrom(before, "after"),
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
}

function readRange(order: KeyOrder, { first, after, last, before }: PageArguments): Range {
  const reverse = last !== null && last !== undefined;
  if (reverse && first !== null && first !== undefined) {
    throw badUserInput("Give `first` or `last`, not both.");
  }
  return {
    after: after === null || after === undefined ? null : decodeCursor(order, after, "after"),
    before: before === null || before === undefined ? null : decodeCursor(order, before, "before"),
    reverse,
    limit: readLimit(reverse ? "last" : "first", reverse ? last : first),
  };
}

/** The number of rows that `first` or `last` asks for. Throws BAD_USER_INPUT outside 0 to 100. */
export function readLimit(argument: string, value: number | null | undefined): number {
  const limit = value ?? defaultPageSize;
  if (limit < 0 || limit > maximumPageSize) {
    throw badUserInput(`\`${argument}\` must be from 0 to ${maximumPageSize}, not ${limit}.`);
  }
  return limit;
}
