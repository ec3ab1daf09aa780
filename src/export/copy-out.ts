import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";

/** Counts rows as they pass. */
export class RowCount {
  rows = 0;
}

/** Counts of an export so far: rows of a table, entries or works; and a graph's citations. */
export class ExportCounts {
  readonly main = new RowCount();
  readonly citations = new RowCount();
}

/**
 * CSV of COPY with quote and delimiter characters that a text with escaped control characters cannot contain: so the
 * text is written unchanged, and needs no parsing here.
 */
const lineFormat = String.raw`FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'`;

const csvFormat = "FORMAT csv";

/**
 * The rows of a SELECT as PostgreSQL's own CSV: fields quoted if necessary, null as nothing and the empty text as `""`,
 * lines ended by LF. Reads no faster than its consumer.
 */
export function copyCsv(client: pg.ClientBase, select: string, count: RowCount): AsyncGenerator<Buffer> {
  return copyOut(client, select, csvFormat, count);
}

/** The rows of a SELECT of one text column without control characters, each as a line. */
export function copyLines(client: pg.ClientBase, select: string, count: RowCount): AsyncGenerator<Buffer> {
  return copyOut(client, select, lineFormat, count);
}

async function* copyOut(
  client: pg.ClientBase,
  select: string,
  format: string,
  count: RowCount,
): AsyncGenerator<Buffer> {
  const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (${format})`));
  for await (const chunk of stream) yield chunk as Buffer;
  // The number of rows comes with the end of the statement, which the next one waits for.
  await client.query("");
  count.rows += stream.rowCount;
}

const lineFeed = 0x0a;

/** The rows of a SELECT as objects, in pages: only values that JSON can express. */
export async function* readSelectedRows<Row extends object>(
  client: pg.ClientBase,
  select: string,
): AsyncGenerator<Row[]> {
  let rest: Uint8Array = new Uint8Array();
  const lines = copyLines(client, `SELECT row_to_json(r)::text FROM (${select}) AS r`, new RowCount());
  for await (const chunk of lines) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lineFeed);
    if (end < 0) {
      rest = bytes;
      continue;
    }
    rest = bytes.subarray(end + 1);
    // One JSON text for all of them: a single parse is twice as fast as one for each.
    yield JSON.parse(`[${bytes.toString("utf8", 0, end).replaceAll("\n", ",")}]`) as Row[];
  }
  if (rest.length > 0) throw new Error("The rows of the export are incomplete.");
}

/** Characters; texts are joined to pieces of this size. */
const pieceLength = 1 << 16;

/** Each row as text, in larger pieces; counts them. */
export async function* writeRows<Row>(
  pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  textOf: (row: Row) => string,
  count: RowCount,
): AsyncGenerator<Buffer> {
  let piece = "";
  for await (const page of pages) {
    for (const row of page) {
      piece += textOf(row);
      count.rows++;
      if (piece.length < pieceLength) continue;
      yield Buffer.from(piece);
      piece = "";
    }
  }
  if (piece !== "") yield Buffer.from(piece);
}
