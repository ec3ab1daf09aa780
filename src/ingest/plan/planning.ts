import type { Cell } from "../../store/index.ts";
import type { Lookups } from "./lookups.ts";

/**
 * A computation that yields each query as a `Lookup` (data) and is resumed with the rows. It does no I/O, so the same
 * plan can be made from PostgreSQL (`runPlanning`) and from tables in memory.
 */
export type Planning<Result> = Generator<Lookup, Result, unknown>;

type Lookup = {
  [Name in keyof Lookups]: { readonly name: Name; readonly args: Parameters<Lookups[Name]> };
}[keyof Lookups];

/** Yields one lookup and returns its rows. */
export function* lookUp<Name extends keyof Lookups>(
  name: Name,
  ...args: Parameters<Lookups[Name]>
): Planning<ReturnType<Lookups[Name]>> {
  return (yield { name, args } as Lookup) as ReturnType<Lookups[Name]>;
}

/** The rows that lookups return: from PostgreSQL, or from tables in memory. */
export type LookupSource = {
  readonly [Name in keyof Lookups]: (
    ...args: Parameters<Lookups[Name]>
  ) => ReturnType<Lookups[Name]> | Promise<ReturnType<Lookups[Name]>>;
};

/** Runs a computation to its end. Rejects with an error that it throws, or with that of a lookup. */
export async function runPlanning<Result>(planning: Planning<Result>, source: LookupSource): Promise<Result> {
  let step = planning.next();
  while (step.done !== true) {
    const { name, args } = step.value;
    const read = source[name] as (...args: unknown[]) => unknown;
    step = planning.next(await read(...args));
  }
  return step.value;
}

/** Rows as lists of cells, generated on each iteration. */
type CellRows = Iterable<readonly Cell[]> & { readonly length: number };

/** A change to rows of one table. */
export type RowChange = {
  readonly action: "insert" | "update" | "delete";
  readonly table: string;
  /** The columns of the cells; for a deletion, the key, or its first column for all rows with it. */
  readonly columns: readonly string[];
  readonly rows: CellRows;
  /** For an update, the columns that may differ from the stored row. */
  readonly changed?: readonly string[];
  /** The number of rows of the table that it affects. */
  readonly count: number;
};

/** Collects the row changes of a plan in the order in which they must be applied. */
export class RowChanges {
  readonly list: RowChange[] = [];

  /** Rows known to be new. */
  insert<Item>(
    table: string,
    columns: readonly string[],
    items: readonly Item[],
    cellsOf: (item: Item) => readonly Cell[],
  ): void {
    this.#add({ action: "insert", table, columns, rows: rowsOf(items, cellsOf), count: items.length });
  }

  /** Rows known to exist. `columns` contains the key and all other available columns. */
  update(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Cell[])[],
    changed: readonly string[],
  ): void {
    this.#add({ action: "update", table, columns, rows, changed, count: rows.length });
  }

  delete(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly Cell[])[],
    count = rows.length,
  ): void {
    this.#add({ action: "delete", table, columns, rows, count });
  }

  #add(change: RowChange): void {
    if (change.rows.length > 0) this.list.push(change);
  }
}

function rowsOf<Item>(items: readonly Item[], cellsOf: (item: Item) => readonly Cell[]): CellRows {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const item of items) yield cellsOf(item);
    },
  };
}

/** Two different keys have the same 63-bit id. Rejected, so that they are never confused. */
export class CollisionError extends Error {
  override readonly name = "CollisionError";
}

export function throwCollision(stored: string, incoming: string): never {
  throw new CollisionError(
    `${JSON.stringify(incoming)} has the same internal id as ${JSON.stringify(stored)}.`,
  );
}

/**
 * Sorts rows by key, so that each page of an index is visited once. Approximate: keys that differ only in their last
 * bits keep their order, because those bits store the row's index here. That is enough for the pages, and sorting an
 * array of such numbers needs no call or object per row.
 *
 * Keys are those of our tables: 63 bits, not negative.
 */
export function inKeyOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => bigint): Row[] {
  const placeBits = BigInt(32 - Math.clz32(rows.length));
  const places = (1n << placeBits) - 1n;
  const packed = new BigUint64Array(rows.length);
  for (let place = 0; place < rows.length; place++) {
    packed[place] = (keyOf(rows[place] as Row) & ~places) | BigInt(place);
  }
  packed.sort();
  return Array.from(packed, (key) => rows[Number(key & places)] as Row);
}
