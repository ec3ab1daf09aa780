import type pg from "pg";
import { formulaLength, formulaPattern, innerFormulaPattern, numberPattern } from "../text/index.ts";
import { copyCsv, copyLines, type RowCount } from "./copy-out.ts";
import {
  type Column,
  type ExportedTable,
  instantSql,
  jsonSelect,
  type RowKey,
  tableSelect,
} from "./tables.ts";

type TextOptions = {
  /** Only rows after this one, without a header: the continuation of another export. */
  readonly after?: RowKey | null;
};

export type CsvOptions = TextOptions & {
  /** Texts as they are stored, also those that a spreadsheet would run as formulas. Defaults to false. */
  readonly raw?: boolean;
  /** Begins with a byte order mark, by which Excel recognizes UTF-8. Defaults to false. */
  readonly bom?: boolean;
};

/**
 * A table as CSV (RFC 4180, but with LF line ends): the column names, then the rows. Texts that a spreadsheet would run
 * get an apostrophe in front.
 */
export async function* tableCsv(
  client: pg.ClientBase,
  table: ExportedTable,
  count: RowCount,
  { after = null, raw = false, bom = false }: CsvOptions = {},
): AsyncGenerator<Uint8Array> {
  if (bom && after === null) yield Buffer.from("\ufeff");
  if (after === null) yield Buffer.from(`${table.columns.map(({ name }) => name).join(",")}\n`);
  yield* copyCsv(client, tableSelect(table, raw ? rawCell : safeCell, after), count);
}

/** A table as JSON objects, one a line, made by PostgreSQL itself. */
export function tableNdjson(
  client: pg.ClientBase,
  table: ExportedTable,
  count: RowCount,
  { after = null }: TextOptions = {},
): AsyncGenerator<Uint8Array> {
  const rows = jsonSelect(table, after);
  return copyLines(client, `SELECT row_to_json(r)::text FROM (${rows}) AS r`, count);
}

/** A cell of CSV: `true` and `false`, lists as JSON, and texts unchanged. */
function rawCell({ name, type }: Column): string {
  const column = `t."${name}"`;
  if (type === "instant") return instantSql(column);
  if (type === "boolean") return `${column}::text`;
  return type === "texts" ? `to_json(${column})::text` : column;
}

/** A cell of CSV that spreadsheets do not run as a formula: `spreadsheetText` in SQL. */
function safeCell(column: Column): string {
  const value = rawCell(column);
  // Keys begin with fixed letters, and lists with a bracket.
  if (column.type !== "text" || column.isKey) return value;
  const runs = `left(${value}, ${formulaLength}) ~ '${formulaPattern}' AND ${value} !~ '${numberPattern}'`;
  // Most texts have no character that ends a cell.
  const inner = `CASE WHEN ${value} ~ '[;\\u0009\\u000a\\u000d]'
      THEN regexp_replace(${value}, '${innerFormulaPattern}', '\\1''\\2', 'g') ELSE ${value} END`;
  return `CASE WHEN ${runs} THEN '''' || ${inner} ELSE ${inner} END`;
}
