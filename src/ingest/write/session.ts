import type pg from "pg";
import type { ChangedRows, Rows, Statement } from "../../store/changed-rows.ts";
import { rowsAsValues } from "../../store/citus/rows-as-values.ts";
import { type Cell, CopyRows } from "../../store/copy-format.ts";
import { copyIn } from "../../store/copy-in.ts";
import { rowsAsLists } from "../../store/rows-as-lists.ts";
import type { Transaction } from "../../store/transaction.ts";

/**
 * The connections of a batch, under the write lock: what is written goes to PostgreSQL in order, while what follows
 * from it is computed here and what was there before is read on another connection. Rows of several tables travel in
 * one round trip.
 *
 * A write that fails lets every later call, and `flush`, reject with its error.
 */
export class WriteSession {
  readonly #writer: Transaction;
  readonly #reader: pg.PoolClient | null;
  /** Whether the tables are distributed: settled for the batch, under the lock. */
  readonly areDistributed: boolean;
  readonly #changedRows: ChangedRows;
  /** What is still to be sent: rows, and statements. */
  #queue: (CopyRows | Statement)[] = [];
  #sending: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** Without a reader everything is done one after the other. */
  constructor(writer: Transaction, reader: pg.PoolClient | null, areDistributed: boolean) {
    this.#writer = writer;
    this.#reader = reader;
    this.areDistributed = areDistributed;
    this.#changedRows = areDistributed ? rowsAsValues : rowsAsLists;
  }

  /** Inserts rows that are known to be new, by COPY. They are encoded now. */
  insert(table: string, columns: readonly string[], rows: Rows): void {
    this.insertOf(table, columns, rows, (row) => row);
  }

  /** The same of what rows are made of: the cells of each are gone once it is encoded. */
  insertOf<Item>(
    table: string,
    columns: readonly string[],
    items: readonly Item[],
    cellsOf: (item: Item) => readonly Cell[],
  ): void {
    if (items.length === 0) return;
    const copy = new CopyRows(table, columns);
    for (const item of items) copy.add(cellsOf(item));
    this.#enqueue(copy);
  }

  /** Inserts rows, or does with those that are there what an ON CONFLICT clause says; see `ChangedRows`. */
  upsert(table: string, columns: readonly string[], rows: Rows, conflict: string): void {
    if (rows.length > 0) this.#change(this.#changedRows.upsert(table, columns, rows, conflict));
  }

  /** Writes rows of which it is known which are new: those by COPY, the changed ones as an upsert. */
  put(
    table: string,
    columns: readonly string[],
    { added, changed }: { added: Rows; changed: Rows },
    conflict: string,
  ): void {
    this.insert(table, columns, added);
    this.upsert(table, columns, changed, conflict);
  }

  /** Changes some columns of rows that are there; see `ChangedRows`. */
  update(table: string, columns: readonly string[], rows: Rows, changed: readonly string[]): void {
    if (rows.length > 0) this.#change(this.#changedRows.update(table, columns, rows, changed));
  }

  /** Deletes rows by their keys; see `ChangedRows`. */
  remove(table: string, columns: readonly string[], rows: Rows): void {
    if (rows.length > 0) this.#change(this.#changedRows.remove(table, columns, rows));
  }

  /** A statement of whose result nothing is wanted. */
  write(text: string, values: readonly unknown[]): void {
    this.#enqueue({ text, values });
  }

  /** Reads what was there before the batch, of tables that it has not written to yet. */
  async readBefore<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    if (this.#reader === null) return this.read(text, values);
    return (await this.#reader.query<Row>(text, [...values])).rows;
  }

  /** Like `readBefore`, the rows as lists of their cells: of many rows half the work. */
  async rowsBefore<Row extends unknown[]>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const client = this.#reader ?? (await this.flush());
    return (await client.query<Row>({ text, values: [...values], rowMode: "array" })).rows;
  }

  /**
   * Like `rowsBefore`, but never by reading a whole table. Of a table that was never analysed, as while it is filled,
   * the planner takes a list of a batch's keys for most of it, and would read all of it for each batch. So it is told to
   * take an index, for this statement alone: all three are one message, which no other statement of the connection can
   * come between. Such a message has no parameters: `text` has its values in it, and must be made of numbers only.
   */
  async rowsBeforeByIndex<Row extends unknown[]>(text: string): Promise<Row[]> {
    const client = this.#reader ?? (await this.flush());
    const statements = `SET LOCAL enable_seqscan = off; ${text}; SET LOCAL enable_seqscan = DEFAULT`;
    const results: unknown = await client.query({ text: statements, rowMode: "array" });
    return (results as pg.QueryArrayResult<Row>[])[1]?.rows ?? [];
  }

  /** Reads what there is now, what the batch has written included. */
  async read<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    await this.flush();
    return (await this.#writer.query<Row>(text, [...values])).rows;
  }

  /** Resolves when all that was to be written is; then the writer's connection is free. */
  async flush(): Promise<Transaction> {
    await this.#sending;
    if (this.#failure !== null) throw this.#failure.error;
    return this.#writer;
  }

  #change(statements: readonly Statement[]): void {
    for (const statement of statements) this.#enqueue(statement);
  }

  #enqueue(item: CopyRows | Statement): void {
    if (this.#failure !== null) return;
    this.#queue.push(item);
    // In a microtask, so that what is inserted in one go travels together.
    this.#sending ??= Promise.resolve().then(() => this.#send());
  }

  async #send(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const first = this.#queue[0];
        if (first instanceof CopyRows) {
          const end = this.#queue.findIndex((item) => !(item instanceof CopyRows));
          const copies = this.#queue.splice(0, end < 0 ? this.#queue.length : end);
          await copyIn(
            this.#writer,
            copies.filter((item) => item instanceof CopyRows),
          );
        } else if (first !== undefined) {
          this.#queue.shift();
          await this.#writer.query(first.text, [...first.values]);
        }
      }
    } catch (error) {
      this.#failure ??= { error };
      this.#queue = [];
    } finally {
      this.#sending = null;
    }
  }
}
