import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import type pg from "pg";
import type { Cell } from "./copy-format.ts";
import { recordset, upsertStatement } from "./rows.ts";
import { isUnsupported } from "./server-fault.ts";
import * as tables from "./tables/index.ts";
import type { QueryClient } from "./transaction.ts";

/** Rows of a table: a cell for each of the columns passed with them. */
type RowCells = readonly (readonly Cell[])[];

type Statement = { readonly text: string; readonly values: readonly unknown[] };

/**
 * The forms of SQL that depend on where the rows of the tables are: on one server (`singleLayout`), or distributed over
 * several (`citusLayout`). Both have the same effect; what is cheap in one is expensive or impossible in the other.
 */
export type TableLayout = {
  readonly name: "single" | "citus";
  /** Whether the copies of citations are kept: `citations_by_citing` and `citations_by_cited`. */
  readonly keepsCopies: boolean;
  /**
   * The FROM items from which citations are read, by citing and by cited work; the former has their marks as well. An
   * edge comes once for each reference or paper behind it.
   */
  readonly citations: { readonly byCiting: string; readonly byCited: string };
  /**
   * Updates the columns `changed` in stored rows. `columns` contains the primary key, and any other known columns of
   * the rows. There is at least one row, and no two rows have the same key.
   */
  update(table: string, columns: readonly string[], rows: RowCells, changed: readonly string[]): Statement[];
  /** Deletes rows; the columns are those of the primary key, in any order. */
  remove(table: string, columns: readonly string[], rows: RowCells): Statement[];
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

export function tableShape(table: string): TableShape {
  const shape = shapes.get(table);
  if (shape === undefined) throw new Error(`There is no table ${table}.`);
  return shape;
}

/** The type of a column. */
export function columnType(table: string, column: string): string {
  const type = tableShape(table).types.get(column);
  if (type === undefined) throw new Error(`No column ${column} in a table ${table}.`);
  return type;
}

const listedCitations = `(
  SELECT papers.work_id AS citing_work_id, cited_work_id, is_internal_anchor
  FROM "references" JOIN papers USING (paper_id)
) AS listed`;

/**
 * One server. Changed rows are sent in one statement: one array per column, or one JSON text. The text of the statement
 * is short and always the same.
 */
export const singleLayout: TableLayout = {
  name: "single",
  keepsCopies: false,
  citations: { byCiting: listedCitations, byCited: listedCitations },

  update(table, columns, rows, changed) {
    const { key, required } = tableShape(table);
    const areNumbers = [...key, ...changed].every((column) => numbers.has(columnType(table, column)));
    // Complete rows can be upserted: they exist, so none is inserted, and each is found by its key whatever statistics
    // the planner has.
    if (!areNumbers && required.every((column) => columns.includes(column))) {
      const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
      return [upsertStatement(table, columns, rows, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`)];
    }
    const sent = [...key, ...changed];
    const places = sent.map((column) => columns.indexOf(column));
    const cells = rows.map((row) => places.map((place) => row[place] ?? null));
    // Arrays of numbers are cheaper to make and to parse than JSON; arrays of texts with nulls are not.
    const list = areNumbers
      ? {
          text: `${unnestExpression(table, sent)} AS new (${sent.join(", ")})`,
          values: columnArrays(table, sent, cells),
        }
      : {
          text: `json_populate_recordset(NULL::"${table}", $1) AS new`,
          values: [recordset(sent, cells)],
        };
    const set = changed.map((column) => `${column} = new.${column}`).join(", ");
    const same = key.map((column) => `"${table}".${column} = new.${column}`).join(" AND ");
    return [{ text: `UPDATE "${table}" SET ${set} FROM ${list.text} WHERE ${same}`, values: list.values }];
  },

  remove(table, columns, rows) {
    const same = columns.map((column) => `"${table}".${column} = gone.${column}`).join(" AND ");
    const list = `${unnestExpression(table, columns)} AS gone (${columns.join(", ")})`;
    return [
      {
        text: `DELETE FROM "${table}" USING ${list} WHERE ${same}`,
        values: columnArrays(table, columns, rows),
      },
    ];
  },
};

const numbers: ReadonlySet<string> = new Set(["bigint", "integer"]);

function unnestExpression(table: string, columns: readonly string[]): string {
  return `unnest(${columns.map((column, place) => `$${place + 1}::${columnType(table, column)}[]`).join(", ")})`;
}

/** One array per column: numbers in PostgreSQL's own text form, other values as node-postgres converts them. */
function columnArrays(table: string, columns: readonly string[], rows: RowCells): unknown[] {
  return columns.map((column, place) => {
    const cells = rows.map((row) => row[place]);
    return numbers.has(columnType(table, column))
      ? `{${cells.map((cell) => cell ?? "NULL").join(",")}}`
      : cells;
  });
}

/** How Citus distributes a table over several servers. */
export type Distribution =
  /** Sharded by a column; rows with the same value in tables of one group are on the same server. */
  | { readonly kind: "distributed"; readonly column: string; readonly group: Group }
  /** A copy on each server. */
  | { readonly kind: "reference" }
  /** Only on the coordinator. */
  | { readonly kind: "local" };

/** Sharded by paper, by work, or by a value that is looked up. */
export type Group = "papers" | "works" | "identifiers" | "keys";

const byPaper: Distribution = { kind: "distributed", column: "paper_id", group: "papers" };
const local: Distribution = { kind: "local" };

/** Every table, in the order in which they are distributed: the first table of a group creates its shards. */
export const distributions: Readonly<Record<string, Distribution>> = {
  papers: byPaper,
  records: byPaper,
  events: byPaper,
  claims: byPaper,
  references: byPaper,
  published_states: byPaper,
  works: { kind: "distributed", column: "work_id", group: "works" },
  // Copies of the citations: those of a work are read from one shard, in either direction.
  citations_by_citing: { kind: "distributed", column: "citing_work_id", group: "works" },
  citations_by_cited: { kind: "distributed", column: "cited_work_id", group: "works" },
  work_identifiers: { kind: "distributed", column: "identifier_id", group: "identifiers" },
  paper_keys: { kind: "distributed", column: "key", group: "keys" },
  signers: { kind: "reference" },
  settings: { kind: "reference" },
  // Every batch changes counters and feeds under a lock, and they are read by position: one server orders them.
  totals: local,
  changes: local,
  graph_changes: local,
  quarantine: local,
  submissions: local,
  followed_mirrors: local,
  outstanding_papers: local,
};

/**
 * Distributed with Citus. Citations are copied twice, by citing work and by cited work, so that either is read from one
 * shard. Changed rows are written out in the order of their keys, and each statement names the values of the
 * distribution column: with `INSERT … VALUES` Citus sends each server only its own rows; a list would be sent to all
 * servers, or pass through the coordinator row by row.
 */
export const citusLayout: TableLayout = {
  name: "citus",
  keepsCopies: true,
  citations: { byCiting: "citations_by_citing", byCited: "citations_by_cited" },

  update(table, columns, rows, changed) {
    const { key, required } = tableShape(table);
    // Complete rows can be upserted: they exist, so none is inserted.
    if (required.every((column) => columns.includes(column))) {
      const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
      return insertOrUpdate(table, columns, rows, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`);
    }
    const set = changed.map((column) => `${column} = new.${column}`).join(", ");
    const same = key.map((column) => `"${table}".${column} = new.${column}`).join(" AND ");
    return inChunks(table, columns, rows, (chunk) => {
      const [condition, list] = [
        distributionCondition(table, columns, chunk),
        typedList(table, columns, chunk),
      ];
      return {
        text: `UPDATE "${table}" SET ${set} FROM (${list.text}) AS new (${columns.join(", ")}) WHERE ${condition.text} AND ${same}`,
        values: [...condition.values, ...list.values],
      };
    });
  },

  remove: (table, columns, rows) =>
    inChunks(table, columns, rows, (chunk) => {
      const [condition, list] = [
        distributionCondition(table, columns, chunk),
        typedList(table, columns, chunk),
      ];
      return {
        text: `DELETE FROM "${table}" WHERE ${condition.text} AND (${columns.join(", ")}) IN (${list.text})`,
        values: [...condition.values, ...list.values],
      };
    }),
};

function insertOrUpdate(
  table: string,
  columns: readonly string[],
  rows: RowCells,
  conflict: string,
): Statement[] {
  const names = columns.map((column) => `"${column}"`).join(", ");
  return inChunks(table, columns, rows, (chunk) => ({
    text: `INSERT INTO "${table}" (${names}) VALUES ${placeholders(chunk, (parameter) => parameter, 1)} ${conflict}`,
    values: chunk.flat(),
  }));
}

/** Maximum number of parameters of a statement: the count is sent in 16 bits. */
const maxParameters = 65_535;

/** Makes one statement per chunk of rows, in the order of the table's key. One parameter is left for the statement. */
function inChunks(
  table: string,
  columns: readonly string[],
  rows: RowCells,
  make: (chunk: RowCells) => Statement,
): Statement[] {
  const sorted = sortByKey(table, columns, rows);
  const size = Math.floor((maxParameters - 1) / columns.length);
  const statements: Statement[] = [];
  for (let start = 0; start < sorted.length; start += size)
    statements.push(make(sorted.slice(start, start + size)));
  return statements;
}

function sortByKey(table: string, columns: readonly string[], rows: RowCells): RowCells {
  const places = tableShape(table).key.map((column) => columns.indexOf(column));
  return [...rows].sort((a, b) => {
    for (const place of places) {
      const [one, other] = [a[place] as Cell, b[place] as Cell];
      if (one === other || one === null || other === null) continue;
      return one < other ? -1 : 1;
    }
    return 0;
  });
}

/** The condition that the distribution column has one of the values in these rows: the first parameter. */
function distributionCondition(table: string, columns: readonly string[], rows: RowCells): Statement {
  const distribution = distributions[table];
  if (distribution?.kind !== "distributed") throw new Error(`The table ${table} is not distributed.`);
  const { column } = distribution;
  const place = columns.indexOf(column);
  return {
    text: `"${table}".${column} = ANY($1::${columnType(table, column)}[])`,
    values: [[...new Set(rows.map((row) => row[place]))]],
  };
}

/** The rows as a list with explicit types, since no table provides them; its parameters start with the second. */
function typedList(table: string, columns: readonly string[], rows: RowCells): Statement {
  const typed = (parameter: string, place: number) =>
    `${parameter}::${columnType(table, columns[place] as string)}`;
  return { text: `VALUES ${placeholders(rows, typed, 2)}`, values: rows.flat() };
}

/** `(…), (…)`: the parameters of the rows, numbered from `first`. */
function placeholders(
  rows: RowCells,
  cellOf: (parameter: string, place: number) => string,
  first: number,
): string {
  let parameter = first;
  return rows
    .map((row) => `(${row.map((_, place) => cellOf(`$${parameter++}`, place)).join(", ")})`)
    .join(", ");
}

/**
 * Returns a row if the tables are distributed, or are about to be. Without parameters, so it can be sent together with
 * another statement. The row is never deleted: `citusLayout` stays valid once read; `singleLayout` reads
 * `references`, which has all edges in either layout.
 */
const distributedQuery = "SELECT value FROM settings WHERE name = 'distributed'";

/** The layout of the tables, in the snapshot of this connection. */
export async function readLayout(client: QueryClient): Promise<TableLayout> {
  return layoutOf(await client.query(distributedQuery));
}

/**
 * Sends a statement without parameters and reads the layout in the same message, which saves a round trip. If the
 * isolation level allows it, the second statement sees what was committed while the first one waited.
 */
export async function queryWithLayout<Row extends pg.QueryResultRow>(
  client: QueryClient,
  text: string,
): Promise<{ readonly rows: Row[]; readonly layout: TableLayout }> {
  const results: unknown = await client.query(`${text}; ${distributedQuery}`);
  const [first, setting] = results as [pg.QueryResult<Row>, pg.QueryResult];
  return { rows: first.rows, layout: layoutOf(setting) };
}

function layoutOf({ rows }: pg.QueryResult): TableLayout {
  return rows.length > 0 ? citusLayout : singleLayout;
}

const knownLayouts = new WeakMap<object, Promise<TableLayout>>();

/** The layout of the tables behind a pool, read once. `singleLayout` may be out of date: see `inLayout`. */
export function knownLayout(pool: QueryClient): Promise<TableLayout> {
  let layout = knownLayouts.get(pool);
  if (layout === undefined) {
    layout = readLayout(pool);
    knownLayouts.set(pool, layout);
    layout.catch(() => knownLayouts.delete(pool));
  }
  return layout;
}

/**
 * Reads rows in the form that suits the layout: `single` may join any tables, `citus` only those of one group. Tables that
 * were distributed in the meantime reject the join, and the other form is used from then on.
 */
export async function inLayout<Result>(
  pool: QueryClient,
  forms: Readonly<Record<TableLayout["name"], () => Promise<Result>>>,
): Promise<Result> {
  const { name } = await knownLayout(pool);
  try {
    return await forms[name]();
  } catch (error) {
    if (name === "citus" || !isUnsupported(error)) throw error;
    knownLayouts.delete(pool);
    return forms.citus();
  }
}
