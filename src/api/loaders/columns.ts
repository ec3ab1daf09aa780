import { getTableColumns } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";

/** A set of columns of one table. */
export class ColumnSet<Row, Name extends keyof Row = keyof Row> {
  /** The first 32 columns of the table as bits, and the others. */
  readonly #low: number;
  readonly #high: number;
  readonly #table: readonly (keyof Row & string)[];

  constructor(table: readonly (keyof Row & string)[], low: number, high: number) {
    this.#table = table;
    this.#low = low;
    this.#high = high;
  }

  /** In the order of the table. */
  get names(): readonly (Name & string)[] {
    const isIn = (place: number) =>
      ((place < 32 ? this.#low >>> place : this.#high >>> (place - 32)) & 1) === 1;
    return this.#table.filter((_, place) => isIn(place)) as (Name & string)[];
  }

  /** Identifies the set among those of its table. */
  toJSON(): string {
    return `${this.#low >>> 0}_${this.#high >>> 0}`;
  }

  /** Whether it has all columns of another set of the table. */
  includes(other: ColumnSet<Row>): boolean {
    return other === this || ((other.#low & ~this.#low) | (other.#high & ~this.#high)) === 0;
  }

  intersects(other: ColumnSet<Row>): boolean {
    return ((this.#low & other.#low) | (this.#high & other.#high)) !== 0;
  }

  union(other: ColumnSet<Row>): ColumnSet<Row> {
    if (this.includes(other)) return this;
    if (other.includes(this)) return other;
    return new ColumnSet(this.#table, this.#low | other.#low, this.#high | other.#high);
  }
}

/**
 * The columns of a table, and how statements read them: in groups, each completely or not at all, so that few different
 * statements serve any selection.
 */
export class TableColumns<Row, Key extends keyof Row = keyof Row> {
  readonly all: ColumnSet<Row>;
  /** The columns that identify a row: whoever refers to a row knows them. */
  readonly key: ColumnSet<Row, Key>;
  readonly #names: readonly (keyof Row & string)[];
  readonly #groups: readonly ColumnSet<Row>[];
  readonly #always: ColumnSet<Row>;
  /** By the groups that they contain, as bits. */
  readonly #reads: ColumnSet<Row>[] = [];

  /** Columns in none of the groups are always read. */
  constructor(
    names: readonly (keyof Row & string)[],
    key: readonly (Key & string)[],
    groups: readonly (readonly (keyof Row & string)[])[],
  ) {
    this.#names = names;
    this.all = this.of(...names);
    this.key = this.of<Key & string>(...key);
    this.#groups = groups.map((group) => this.of(...group));
    this.#always = this.of(...names.filter((name) => !groups.flat().includes(name)));
  }

  of<Name extends keyof Row & string>(...names: readonly Name[]): ColumnSet<Row, Name> {
    let low = 0;
    let high = 0;
    for (const name of names) {
      const place = this.#names.indexOf(name);
      if (place < 0) throw new Error(`There is no column ${name}.`);
      if (place < 32) low |= 1 << place;
      else high |= 1 << (place - 32);
    }
    return new ColumnSet(this.#names, low, high);
  }

  /** The columns that a statement reads for a set: the same object for the same groups. */
  read(set: ColumnSet<Row>): ColumnSet<Row> {
    let bits = 0;
    for (const [place, group] of this.#groups.entries()) if (group.intersects(set)) bits |= 1 << place;
    let read = this.#reads[bits];
    if (read === undefined) {
      const needed = this.#groups.filter((_, place) => (bits >>> place) & 1);
      read = needed.reduce((united, group) => united.union(group), this.#always);
      this.#reads[bits] = read;
    }
    return read;
  }
}

/** The columns of a table, as its rows name them. */
export function columnNames<Table extends PgTable>(table: Table): (keyof Table["$inferSelect"] & string)[] {
  return Object.keys(getTableColumns(table)) as (keyof Table["$inferSelect"] & string)[];
}

/** The columns of a set, for a statement. */
export function selection<Row, Name extends keyof Row>(
  table: PgTable,
  columns: ColumnSet<Row, Name>,
): Record<Name & string, PgColumn> {
  const fields: Record<string, PgColumn> = getTableColumns(table);
  return Object.fromEntries(columns.names.map((name) => [name, fields[name]])) as Record<
    Name & string,
    PgColumn
  >;
}
