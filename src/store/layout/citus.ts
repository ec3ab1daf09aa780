import type { Cell } from "../copy-format.ts";
import { type Rows, type Statement, shapeOf, type TableLayout, typeOf } from "./table-layout.ts";

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
  // By the citing work: its references are read from one shard.
  citations: { kind: "distributed", column: "citing_work_id", group: "works" },
  // The same rows by the cited work: its citations are read from one shard.
  citations_by_cited: { kind: "distributed", column: "cited_work_id", group: "works" },
  citing_papers: { kind: "distributed", column: "cited_work_id", group: "works" },
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
 * Distributed with Citus. Citations are stored twice, by citing work and by cited work, so that either is read from one
 * shard. Changed rows are written out in the order of their keys, and each statement names the values of the
 * distribution column: with `INSERT … VALUES` Citus sends each server only its own rows; a list would be sent to all
 * servers, or pass through the coordinator row by row.
 */
export const citus: TableLayout = {
  name: "citus",
  citationsByCited: "citations_by_cited",
  copiesOf: (table) => (table === "citations" ? ["citations", "citations_by_cited"] : [table]),

  update(table, columns, rows, changed) {
    const { key, required } = shapeOf(table);
    // Complete rows can be upserted: they exist, so none is inserted.
    if (required.every((column) => columns.includes(column))) {
      const set = changed.map((column) => `${column} = excluded.${column}`).join(", ");
      return insertOrUpdate(table, columns, rows, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${set}`);
    }
    const set = changed.map((column) => `${column} = new.${column}`).join(", ");
    const same = key.map((column) => `"${table}".${column} = new.${column}`).join(" AND ");
    return inPieces(table, columns, rows, (piece) => {
      const [placed, list] = [placedBy(table, columns, piece), typedList(table, columns, piece)];
      return {
        text: `UPDATE "${table}" SET ${set} FROM (${list.text}) AS new (${columns.join(", ")}) WHERE ${placed.text} AND ${same}`,
        values: [...placed.values, ...list.values],
      };
    });
  },

  remove: (table, columns, rows) =>
    inPieces(table, columns, rows, (piece) => {
      const [placed, list] = [placedBy(table, columns, piece), typedList(table, columns, piece)];
      return {
        text: `DELETE FROM "${table}" WHERE ${placed.text} AND (${columns.join(", ")}) IN (${list.text})`,
        values: [...placed.values, ...list.values],
      };
    }),
};

function insertOrUpdate(
  table: string,
  columns: readonly string[],
  rows: Rows,
  conflict: string,
): Statement[] {
  const names = columns.map((column) => `"${column}"`).join(", ");
  return inPieces(table, columns, rows, (piece) => ({
    text: `INSERT INTO "${table}" (${names}) VALUES ${written(piece, (parameter) => parameter, 1)} ${conflict}`,
    values: piece.flat(),
  }));
}

/** Maximum number of parameters of a statement: the count is sent in 16 bits. */
const mostParameters = 65_535;

/** Makes one statement per chunk of rows, in the order of the table's key. One parameter is left for the statement. */
function inPieces(
  table: string,
  columns: readonly string[],
  rows: Rows,
  make: (piece: Rows) => Statement,
): Statement[] {
  const sorted = inOrder(table, columns, rows);
  const size = Math.floor((mostParameters - 1) / columns.length);
  const statements: Statement[] = [];
  for (let start = 0; start < sorted.length; start += size)
    statements.push(make(sorted.slice(start, start + size)));
  return statements;
}

function inOrder(table: string, columns: readonly string[], rows: Rows): Rows {
  const places = shapeOf(table).key.map((column) => columns.indexOf(column));
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
function placedBy(table: string, columns: readonly string[], rows: Rows): Statement {
  const distribution = distributions[table];
  if (distribution?.kind !== "distributed") throw new Error(`The table ${table} is not distributed.`);
  const { column } = distribution;
  const place = columns.indexOf(column);
  return {
    text: `"${table}".${column} = ANY($1::${typeOf(table, column)}[])`,
    values: [[...new Set(rows.map((row) => row[place]))]],
  };
}

/** The rows as a list with explicit types, since no table provides them; its parameters start with the second. */
function typedList(table: string, columns: readonly string[], rows: Rows): Statement {
  const typed = (parameter: string, place: number) =>
    `${parameter}::${typeOf(table, columns[place] as string)}`;
  return { text: `VALUES ${written(rows, typed, 2)}`, values: rows.flat() };
}

/** `(…), (…)`: the parameters of the rows, numbered from `first`. */
function written(rows: Rows, cellOf: (parameter: string, place: number) => string, first: number): string {
  let parameter = first;
  return rows
    .map((row) => `(${row.map((_, place) => cellOf(`$${parameter++}`, place)).join(", ")})`)
    .join(", ");
}
