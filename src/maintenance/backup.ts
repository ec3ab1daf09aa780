import { once } from "node:events";
import { finished } from "node:stream/promises";
import { type CopyStreamQuery, from as copyFrom, to as copyTo } from "pg-copy-streams";
import {
  type Database,
  inTransaction,
  type QueryClient,
  waitForWriteLock,
  writeLock,
} from "../store/index.ts";
import { historicTotals } from "./shadow.ts";

/**
 * Streams a backup of a database as of one moment, unaffected by concurrent writes. The backup is SQL that `psql` can
 * run: COPY with rows in PostgreSQL's text format.
 */
export async function* writeBackup({ pool }: Pick<Database, "pool">): AsyncGenerator<Uint8Array> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    yield Buffer.from(`${backupHead}\n`);
    for (const { name, where } of backupTables) {
      const columns = await columnsOf(client, name);
      yield Buffer.from(`COPY public."${name}" (${columns}) FROM stdin;\n`);
      const rows = where === undefined ? "" : ` WHERE ${where}`;
      yield* client.query(copyTo(`COPY (SELECT ${columns} FROM public."${name}"${rows}) TO STDOUT`));
      yield Buffer.from("\\.\n");
    }
    yield Buffer.from(`${backupEnd}\n`);
    await client.query("COMMIT");
  } finally {
    // Always: a session in the middle of a COPY cannot be reused.
    client.release(true);
  }
}

/** The columns of a table, quoted, in table order. */
export async function columnsOf(client: QueryClient, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = format('public.%I', $1::text)::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return rows[0]?.columns ?? "";
}

/** A table that a backup includes. */
type BackupTable = {
  readonly name: string;
  /** The rows to include, as SQL. Defaults to all. */
  readonly where?: string;
};

/** The settings that a backup includes. */
const isBackedUpSetting = "name NOT IN ('distributed', 'first_load')";

/**
 * Data that cannot be derived: the log, its feed, and what is local to a mirror. `rebuild` derives all other tables.
 */
const backupTables: readonly BackupTable[] = [
  { name: "records" },
  { name: "events" },
  { name: "published_states" },
  { name: "changes" },
  // Counts of rows can be derived from the log; the last assigned positions cannot.
  {
    name: "totals",
    where: `name IN ${historicTotals}`,
  },
  { name: "quarantine" },
  { name: "submissions" },
  { name: "followed_mirrors" },
  { name: "outstanding_papers" },
  // The table layout and the indexes belong to this database: a restored database has its own.
  { name: "settings", where: isBackedUpSetting },
];

/** The first line of a backup, an SQL comment; the last line is one, too, and a file without it is truncated. */
const backupHead = "-- pith-graph backup 1";
const backupEnd = "-- end of the backup";

/** A backup that cannot be read, or a database that cannot restore it. The message is meant for people. */
export class BackupError extends Error {
  override readonly name: string = "BackupError";
}

/** A backup can only be restored into an empty database. Nothing was changed. */
export class DatabaseNotEmptyError extends BackupError {
  override readonly name = "DatabaseNotEmptyError";
}

const newline = 0x0a;
/** The maximum length of a line, in bytes: a document has at most 512 MiB, and escaping can double it. */
const maxLineBytes = 2 ** 30;

/**
 * Restores a backup into a migrated, empty database: completely, or not at all. Afterwards, `rebuildTables` has to
 * create the derived tables.
 *
 * @returns the number of rows restored into each table. Rejects with BackupError.
 */
export async function readBackup(
  { pool }: Pick<Database, "pool">,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Map<string, number>> {
  return inTransaction(pool, "BEGIN", async (writer) => {
    await waitForWriteLock(pool, () => writer.query("SELECT pg_advisory_xact_lock($1)", [writeLock]));
    await requireEmpty(writer);
    return readTables(writer, pieces);
  });
}

/** Tables that have rows in every database, with the condition (SQL) for the rows to delete before the restore. */
const tablesWithRows: ReadonlyMap<string, string> = new Map([
  ["totals", "true"],
  ["settings", isBackedUpSetting],
]);

const notEmpty =
  "The database is not empty. Restore into a new one: set DATABASE_URL, or PITH_GRAPH_DATA to a new folder.";

async function requireEmpty(client: QueryClient): Promise<void> {
  for (const { name } of backupTables) {
    if (tablesWithRows.has(name)) continue;
    const { rowCount } = await client.query(`SELECT FROM public."${name}" LIMIT 1`);
    if (rowCount !== 0) throw new DatabaseNotEmptyError(notEmpty);
  }
  for (const [name, where] of tablesWithRows)
    await client.query(`DELETE FROM public."${name}" WHERE ${where}`);
}

async function readTables(
  client: QueryClient,
  pieces: AsyncIterable<Uint8Array>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let isFirst = true;
  let isOver = false;
  let table: TableStream | undefined;
  /** PostgreSQL's error for a row. The stream is unusable from then on, but does not report it. */
  let failure: unknown;
  try {
    for await (const line of linesOf(pieces)) {
      const text = table !== undefined && line.length > 3 ? "" : line.toString("latin1").trimEnd();
      if (isOver) throw new BackupError("The backup is damaged: it continues after its end.");
      if (isFirst) {
        if (text !== backupHead)
          throw new BackupError("This is not a backup of pith-graph, or of another version.");
        isFirst = false;
      } else if (table === undefined) {
        if (text === backupEnd) isOver = true;
        else {
          table = await beginTable(client, text, counts);
          table.stream.once("error", (error) => {
            failure = error;
          });
        }
      } else if (failure !== undefined) {
        throw failure;
      } else if (text === "\\.") {
        table.stream.end();
        await table.ended;
        table = undefined;
      } else {
        counts.set(table.name, (counts.get(table.name) ?? 0) + 1);
        if (!table.stream.write(line)) await Promise.race([once(table.stream, "drain"), table.ended]);
      }
    }
  } catch (error) {
    if (failure === undefined) table?.stream.destroy();
    throw error;
  }
  if (!isOver) throw new BackupError("The backup is incomplete. Nothing was restored.");
  return counts;
}

/** A table being restored. `ended` settles once all rows are written, or rejects if PostgreSQL refuses one. */
type TableStream = {
  readonly name: string;
  readonly stream: CopyStreamQuery;
  readonly ended: Promise<void>;
};

/** Nothing from the file is executed verbatim: table and columns are looked up. */
async function beginTable(
  client: QueryClient,
  text: string,
  counts: Map<string, number>,
): Promise<TableStream> {
  const [, name = "", columnList = ""] =
    /^COPY public\."([a-z_]+)" \(([a-z0-9_", ]+)\) FROM stdin;$/.exec(text) ?? [];
  if (counts.has(name) || !backupTables.some((table) => table.name === name)) {
    throw new BackupError(
      `The backup is damaged or of another version, at ${JSON.stringify(text.slice(0, 80))}.`,
    );
  }
  const known = new Set((await columnsOf(client, name)).split(", "));
  const columns = columnList.split(", ");
  const unknown = columns.find((column) => !known.has(column));
  if (unknown !== undefined) {
    throw new BackupError(
      `The backup is of a newer version of pith-graph: it has the column ${name}.${unknown}.`,
    );
  }
  counts.set(name, 0);
  const stream = client.query(copyFrom(`COPY public."${name}" (${columns.join(", ")}) FROM STDIN`));
  // Once per table, not on every backpressure wait: each call leaves listeners on the stream until its end.
  const ended = finished(stream);
  // An error is reported to the code that awaits `ended`.
  ended.catch(() => {});
  return { name, stream, ended };
}

/** Complete lines, each with its line feed. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    let rest = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const last = rest.subarray(0, end + 1);
      yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      size = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) continue;
    size += rest.length;
    if (size > maxLineBytes) throw new BackupError("The backup is damaged: a line is too long.");
    parts.push(rest);
  }
  if (size > 0) yield Buffer.concat(parts);
}
