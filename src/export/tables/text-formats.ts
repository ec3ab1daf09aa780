import type pg from "pg";
import { copyCsv, copyLines, type RowCount } from "../copy-out.ts";
import type { ExportedTable, RowKey } from "./exported-table.ts";
import { csvSelect, jsonSelect } from "./table-select.ts";

export type TextOptions = {
  /** Only rows after this one, without a header: what goes on where another export ended. */
  readonly after?: RowKey | null;
};

export type CsvOptions = TextOptions & {
  /** Texts as they are stored, also those that a spreadsheet would run as formulas. Defaults to false. */
  readonly raw?: boolean;
  /** A byte order mark first, by which Excel knows UTF-8. Defaults to false. */
  readonly bom?: boolean;
};

/**
 * A table as CSV (RFC 4180, but for lines ended by LF): the names of the columns, then the rows. Texts that a spreadsheet
 * would run have an apostrophe before them.
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

/** A table as JSON objects, one a line. PostgreSQL itself makes them. */
export function tableNdjson(
  client: pg.ClientBase,
  table: ExportedTable,
  count: RowCount,
  { after = null }: TextOptions = {},
): AsyncGenerator<Uint8Array> {
  const rows = jsonSelect(table, after);
  return copyLines(client, `SELECT row_to_json(r)::text FROM (${rows}) AS r`, count);
}
