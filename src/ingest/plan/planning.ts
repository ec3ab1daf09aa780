import type { Cell } from "../../store/rows.ts";
import type { Questions } from "./questions.ts";

/**
 * A computation that asks for rows as it goes: it yields a `Question`, which is data, and is resumed with the answer. It
 * does no I/O itself, so the same plan can be made from PostgreSQL (`answerQuestions`) and from tables in memory.
 */
export type Planning<Result> = Generator<Question, Result, unknown>;

export type Question = {
  [Name in keyof Questions]: { readonly name: Name; readonly args: Parameters<Questions[Name]> };
}[keyof Questions];

/** Asks one question. */
export function* ask<Name extends keyof Questions>(
  name: Name,
  ...args: Parameters<Questions[Name]>
): Planning<ReturnType<Questions[Name]>> {
  return (yield { name, args } as Question) as ReturnType<Questions[Name]>;
}

/** Answers questions, from wherever rows are stored. */
export type Answers = {
  readonly [Name in keyof Questions]: (
    ...args: Parameters<Questions[Name]>
  ) => ReturnType<Questions[Name]> | Promise<ReturnType<Questions[Name]>>;
};

/** Runs a computation to its end. Rejects with what it throws, or with the error of an answer. */
export async function answerQuestions<Result>(planning: Planning<Result>, answers: Answers): Promise<Result> {
  let step = planning.next();
  while (step.done !== true) {
    const { name, args } = step.value;
    const answer = answers[name] as (...args: unknown[]) => unknown;
    step = planning.next(await answer(...args));
  }
  return step.value;
}

/** Rows that are made when they are needed, again each time: a list of cells for each. */
export type Rows = Iterable<readonly Cell[]> & { readonly length: number };

/** What happens to rows of one table. */
export type RowChange = {
  readonly action: "insert" | "update" | "delete";
  readonly table: string;
  /** What the cells of a row are; of a deletion the key, or its first column for all rows that begin so. */
  readonly columns: readonly string[];
  readonly rows: Rows;
  /** Of an update, the columns that may differ from what is stored. */
  readonly changed?: readonly string[];
  /** How many rows of the table it concerns. */
  readonly count: number;
};

/** Collects the row changes of a plan in the order in which they are to be made. */
export class RowChanges {
  readonly list: RowChange[] = [];

  /** Rows that are known to be new. */
  insert<Item>(
    table: string,
    columns: readonly string[],
    items: readonly Item[],
    cellsOf: (item: Item) => readonly Cell[],
  ): void {
    this.#add({ action: "insert", table, columns, rows: rowsOf(items, cellsOf), count: items.length });
  }

  /** Rows that are known to be there. `columns` hold the key, and as much of the rest as is at hand. */
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

function rowsOf<Item>(items: readonly Item[], cellsOf: (item: Item) => readonly Cell[]): Rows {
  return {
    length: items.length,
    *[Symbol.iterator]() {
      for (const item of items) yield cellsOf(item);
    },
  };
}

/** Two different things of one 63-bit id: refused, so that they are never taken for one. */
export class CollisionError extends Error {
  override readonly name = "CollisionError";
}

export function refuseCollision(stored: string, incoming: string): never {
  throw new CollisionError(
    `${JSON.stringify(incoming)} has the same internal id as ${JSON.stringify(stored)}.`,
  );
}

/**
 * Rows in the order of a key, so that they meet each page of its index once. Nearly: keys that differ in their last bits
 * alone stay as they are, since those bits say here which row it was. That is enough for the pages, and an array of such
 * numbers is sorted without a call or an object for each.
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
