import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import type { Cell } from "../copy-format.ts";
import * as tables from "../tables/index.ts";

/** Rows of a table: a cell for each of the columns passed with them. */
export type Rows = readonly (readonly Cell[])[];

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/**
 * The forms of SQL that depend on where the rows of the tables are: on one server (`single`), or distributed over
 * several (`citus`). Both have the same effect; what is cheap in one is expensive or impossible in the other.
 */
export type TableLayout = {
  readonly name: "single" | "citus";
  /** The table from which citations are read by cited work. */
  readonly citationsByCited: "citations" | "citations_by_cited";
  /** The tables that a table's rows are written to: itself, and its copies. */
  copiesOf(table: string): readonly string[];
  /**
   * Updates the columns `changed` in stored rows. `columns` contains the primary key, and any other known columns of
   * the rows. There is at least one row, and no two rows have the same key.
   */
  update(table: string, columns: readonly string[], rows: Rows, changed: readonly string[]): Statement[];
  /** Deletes rows; the columns are those of the primary key, in any order. */
  remove(table: string, columns: readonly string[], rows: Rows): Statement[];
};

/** The description of a table for generated statements. */
type TableShape = {
  /** Type by column, as PostgreSQL names it. */
  readonly types: ReadonlyMap<string, string>;
  /** The NOT NULL columns: a row to insert has all of them. */
  readonly required: readonly string[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
};

const shapes = new Map<string, TableShape>();
for (const table of Object.values(tables)) {
  if (!is(table, PgTable)) continue;
  const { name, columns, primaryKeys } = getTableConfig(table);
  const own = columns.filter(({ primary }) => primary);
  shapes.set(name, {
    types: new Map(columns.map((column) => [column.name, column.getSQLType()])),
    required: columns.filter(({ notNull }) => notNull).map((column) => column.name),
    key: (primaryKeys[0]?.columns ?? own).map((column) => column.name),
  });
}

export function shapeOf(table: string): TableShape {
  const shape = shapes.get(table);
  if (shape === undefined) throw new Error(`There is no table ${table}.`);
  return shape;
}

/** The type of a column. */
export function typeOf(table: string, column: string): string {
  const type = shapeOf(table).types.get(column);
  if (type === undefined) throw new Error(`No column ${column} in a table ${table}.`);
  return type;
}
