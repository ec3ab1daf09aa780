import type pg from "pg";
import { copyCsv, copyLines, type RowCount } from "../copy-out.ts";
import type { ExportedTable, RowKey } from "./exported-table.ts";
import { csvSelect, jsonSelect } from "./table-select.ts";

export type TextOptions = {
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
  yield* copyCsv(client, csvSelect(table, after, raw), count);
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
