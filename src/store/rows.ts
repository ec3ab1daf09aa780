import type pg from "pg";

/** A value that a row to be written may hold: what JSON can carry, a bigint, or bytes. */
export type Cell = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/**
 * Inserts rows in one statement, however many. They travel as one JSON text, which PostgreSQL turns into rows of
 * the table's own type; `conflict` is the statement's ON CONFLICT clause.
 *
 * @returns the number of rows that were written.
 */
export async function insertRows(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  conflict = "",
): Promise<number> {
  if (rows.length === 0) return 0;
  const list = columns.map((column) => `"${column}"`).join(", ");
  const result = await client.query(
    `INSERT INTO "${table}" (${list})
     SELECT ${list} FROM json_populate_recordset(NULL::"${table}", $1) ${conflict}`,
    [recordset(columns, rows)],
  );
  return result.rowCount ?? 0;
}

/** A JSON array of objects with these members: the argument of `json_populate_recordset`. */
export function recordset(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const names = columns.map((column) => `${JSON.stringify(column)}:`);
  let text = "[";
  for (const [index, row] of rows.entries()) {
    text += index === 0 ? "{" : ",{";
    for (const [column, cell] of row.entries()) {
      if (column > 0) text += ",";
      text += names[column];
      text += cellText(cell);
    }
    text += "}";
  }
  return `${text}]`;
}

function cellText(cell: Cell): string {
  if (cell instanceof Uint8Array) return `"\\\\x${Buffer.from(cell).toString("hex")}"`;
  return typeof cell === "bigint" ? cell.toString() : JSON.stringify(cell);
}

/** A bigint[] parameter: PostgreSQL's own text form, which is cheaper to make than node-postgres' general one. */
export function bigintArray(ids: Iterable<bigint>): string {
  return `{${[...ids].join(",")}}`;
}
