import pg from "pg";
import { formulaLength, formulaPattern, innerFormulaPattern, numberPattern } from "../../text/index.ts";
import type { Column, ExportedTable, RowKey } from "./exported-table.ts";

/** The form of an instant in every format: ISO text in UTC, to the microsecond. */
const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** As in JSON, except for instants. */
function jsonValue({ name, type }: Column): string {
  const column = `t."${name}"`;
  return type === "instant" ? `${instant(column)} AS "${name}"` : column;
}

/** As a cell of CSV: `true` and `false`, lists as JSON, and texts unchanged. */
function rawCsvValue({ name, type }: Column): string {
  const column = `t."${name}"`;
  if (type === "instant") return instant(column);
  if (type === "boolean") return `${column}::text`;
  return type === "texts" ? `to_json(${column})::text` : column;
}

/** As a cell of CSV that spreadsheets do not run: `spreadsheetText` in SQL. */
function safeCsvValue(column: Column): string {
  const value = rawCsvValue(column);
  // Keys begin with fixed letters, and lists with a bracket.
  if (column.type !== "text" || column.isKey) return value;
  const runs = `left(${value}, ${formulaLength}) ~ '${formulaPattern}' AND ${value} !~ '${numberPattern}'`;
  // Most texts have no character that ends a cell.
  const inner = `CASE WHEN ${value} ~ '[;\\u0009\\u000a\\u000d]'
      THEN regexp_replace(${value}, '${innerFormulaPattern}', '\\1''\\2', 'g') ELSE ${value} END`;
  return `CASE WHEN ${runs} THEN '''' || ${inner} ELSE ${inner} END`;
}

/** Rows for CSV; `isRaw` leaves texts unchanged, also those that a spreadsheet would run. */
export function csvSelect(table: ExportedTable, after: RowKey | null = null, isRaw = false): string {
  return select(table, isRaw ? rawCsvValue : safeCsvValue, after);
}

/** Rows for JSON. */
export function jsonSelect(table: ExportedTable, after: RowKey | null = null): string {
  return select(table, jsonValue, after);
}

function select(table: ExportedTable, textOf: (column: Column) => string, after: RowKey | null): string {
  const keys = table.key.map((name) => keyColumn(table, name));
  // COPY takes no parameters.
  const values = after?.map((value) => (typeof value === "number" ? String(value) : pg.escapeLiteral(value)));
  const where = values === undefined ? "" : `WHERE (${keys.join(", ")}) > (${values.join(", ")})`;
  return `SELECT ${table.columns.map(textOf).join(", ")} FROM analytics."${table.name}" AS t ${where}
    ORDER BY ${keys.join(", ")}`;
}

/** Texts are sorted by code point, the same on every server. */
function keyColumn({ columns }: ExportedTable, name: string): string {
  const isText = columns.find((column) => column.name === name)?.type === "text";
  return `t."${name}"${isText ? ' COLLATE "C"' : ""}`;
}
