import { to as copyTo } from "pg-copy-streams";
import type { Database } from "../../store/index.ts";
import type { Statements } from "../../store/transaction.ts";
import { historicTotals } from "../care/shadow.ts";

/**
 * The backup of a database, piece by piece: all of it as it was at one moment, whatever is written meanwhile. It is
 * SQL that `psql` runs, too: COPY with the rows in PostgreSQL's text format.
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
    // However it ended: a session in the middle of a COPY is of no use to others.
    client.release(true);
  }
}

/** The columns of a table, quoted, in their order. */
export async function columnsOf(client: Statements, table: string): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = format('public.%I', $1::text)::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return rows[0]?.columns ?? "";
}

/** A table that a backup holds. */
type KeptTable = {
  readonly name: string;
  /** Which of its rows: all unless told. In SQL. */
  readonly where?: string;
};

/** The settings that a backup holds. */
export const isKeptSetting = "name <> 'distributed'";

/**
 * What is in no other place: the log, its feed, and what is a mirror's own. All other tables follow from these
 * (`rebuild`).
 */
export const keptTables: readonly KeptTable[] = [
  { name: "records" },
  { name: "events" },
  { name: "published_states" },
  { name: "changes" },
  // Counts of rows follow from the log; how far positions have come does not.
  {
    name: "totals",
    where: `name IN ${historicTotals}`,
  },
  { name: "quarantine" },
  { name: "submissions" },
  { name: "followed_mirrors" },
  { name: "outstanding_papers" },
  // How the tables lie is of this database: a restored one says that of itself.
  { name: "settings", where: isKeptSetting },
];

/** The first line of a backup, a comment to SQL, and its last: a file without it was cut short. */
export const backupHead = "-- pith-graph backup 1";
export const backupEnd = "-- end of the backup";
