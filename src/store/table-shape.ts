import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as tables from "./tables/index.ts";

/** What statements that are made for any table need to know of one. */
export type TableShape = {
  /** By column its type, as PostgreSQL names it. */
  readonly types: ReadonlyMap<string, string>;
  /** The columns without which there is no row. */
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

/** The type of one of its columns. */
export function typeOf(table: string, column: string): string {
  const type = shapeOf(table).types.get(column);
  if (type === undefined) throw new Error(`No column ${column} in a table ${table}.`);
  return type;
}
