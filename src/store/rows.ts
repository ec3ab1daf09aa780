import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

/** A value that a row to be written may hold: what JSON can carry, a bigint, or bytes. */
export type Cell = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/**
 * Inserts rows that are known to be new, by COPY: about twice as fast as any INSERT. A row that is there already is
 * an error.
 */
export async function insertRows(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const list = columns.map((column) => `"${column}"`).join(", ");
  const stream = client.query(copyFrom(`COPY "${table}" (${list}) FROM STDIN`));
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.once("finish", resolve);
    stream.end(copyText(rows));
  });
}

/** Rows in COPY's text format. */
function copyText(rows: readonly (readonly Cell[])[]): string {
  let text = "";
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      if (index > 0) text += "\t";
      text += copyCell(row[index] as Cell);
    }
    text += "\n";
  }
  return text;
}

const special = /[\\\t\n\r]/g;
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function copyCell(cell: Cell): string {
  if (cell === null) return "\\N";
  if (typeof cell === "string") return cell.replace(special, (character) => escapes[character] as string);
  if (typeof cell === "boolean") return cell ? "t" : "f";
  if (typeof cell === "number" || typeof cell === "bigint") return cell.toString();
  if (cell instanceof Uint8Array) return `\\\\x${Buffer.from(cell).toString("hex")}`;
  const items = cell.map((item) => `"${item.replace(/["\\]/g, "\\$&")}"`);
  return copyCell(`{${items.join(",")}}`);
}

/**
 * Inserts or updates rows in one statement, however many. They travel as one JSON text, which PostgreSQL turns into
 * rows of the table's own type; `conflict` is the statement's ON CONFLICT clause.
 *
 * @returns the number of rows that were written.
 */
export async function upsertRows(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  conflict: string,
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

/** Writes rows of which it is known which are new: those by COPY, the changed ones as an upsert. */
export async function writeRows(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  { added, changed }: { added: readonly (readonly Cell[])[]; changed: readonly (readonly Cell[])[] },
  conflict: string,
): Promise<void> {
  await insertRows(client, table, columns, added);
  await upsertRows(client, table, columns, changed, conflict);
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
