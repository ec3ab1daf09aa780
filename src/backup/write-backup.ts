import { to as copyTo } from "pg-copy-streams";
import { historicTotals } from "../maintenance/index.ts";
import type { Database, QueryClient } from "../store/index.ts";

/**
 * Streams a backup of a database as of one moment, unaffected by concurrent writes. The backup is SQL that `psql` can
 * run: COPY with rows in PostgreSQL's text format.
 */
export async function* writeBackup({ pool }: Pick<Database, "pool">): AsyncGenerator<Uint8Array> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    yield Buffer.from(`${backupHead}\n`);
    for (const { name, where } of keptTables) {
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
type KeptTable = {
  readonly name: string;
  /** The rows to include, as SQL. Defaults to all. */
  readonly where?: string;
};

/** The settings that a backup includes. */
export const isKeptSetting = "name <> 'distributed'";

/**
 * Data that cannot be derived: the log, its feed, and what is local to a mirror. `rebuild` derives all other tables.
 */
export const keptTables: readonly KeptTable[] = [
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
  // The table layout belongs to this database: a restored database records its own.
  { name: "settings", where: isKeptSetting },
];

/** The first line of a backup, an SQL comment; the last line is one, too, and a file without it is truncated. */
export const backupHead = "-- pith-graph backup 1";
export const backupEnd = "-- end of the backup";
