import type pg from "pg";
import { retry } from "../runtime/index.ts";
import type { Database } from "./database.ts";
import { isLockTimeout, isPrivilegeMissing } from "./server-fault.ts";
import { readLayout, singleLayout, tableShape } from "./table-layout.ts";
import { inWriteTransaction, type QueryClient } from "./transaction.ts";
import { waitForWriteLock, writeLock } from "./write-lock.ts";

/*
 * A first load imports into a nearly empty database without the indexes that only readers use, and builds them at the
 * end. Dropping them and recording their definitions (`settings`, `first_load`) is one transaction; so is building each
 * of them. The record is deleted once all exist. So whatever is killed, the database has all indexes, or a record of
 * those that it may lack: `finishFirstLoad` builds what is missing, however often it was interrupted before.
 *
 * The process that loads holds a session lock, so that no other one builds the indexes meanwhile. The lock saves work
 * only: a build waits for running batches, and batches for a build, so both stay correct side by side.
 */

/** An arbitrary constant. Held by the process that loads, or builds what an interrupted one left. */
export const firstLoadLock = 7_484_003;

/** The tables whose indexes are left out. Those of the others stay: a batch of a load does not write to them. */
export const loadedTables: readonly string[] = [
  "claims",
  "events",
  "paper_keys",
  "papers",
  "references",
  "work_identifiers",
  "works",
];

/** The indexes, besides primary keys, by which batches look up stored rows: without them each batch would scan a table. */
export const lookupIndexes: readonly string[] = [
  "events_received_at",
  "paper_keys_paper_id",
  "papers_work_id",
  "references_cited",
  "references_doi_id",
  "references_work_uuid_id",
  "work_identifiers_target_id",
];

/** For longer no query waits while the indexes are dropped, and below the time after which a deadlock is looked for. */
const lockMilliseconds = 500;

const retries = { attempts: 3, firstDelay: 200, maxDelay: 1_000 };

/**
 * Drops the indexes that batches do not use, and records them. Does nothing if the tables are distributed, if queries
 * keep a table busy, or if this user does not own the tables.
 *
 * @returns whether a first load is recorded now.
 */
export async function beginFirstLoad({ pool }: Pick<Database, "pool">): Promise<boolean> {
  const begin = () =>
    inWriteTransaction(pool, async (writer) => {
      await waitForWriteLock(pool, () => writer.query(`SELECT pg_advisory_xact_lock(${writeLock})`));
      if ((await readLayout(writer)) !== singleLayout) return false;
      if ((await readFirstLoad(writer)) !== null) return true;
      await writer.query(`SET LOCAL lock_timeout = ${lockMilliseconds}`);
      const { rows } = await writer.query<MissingIndex>(
        `SELECT c.relname AS name, t.relname AS table, pg_get_indexdef(c.oid) AS definition
         FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY($1::text[])
           AND NOT i.indisunique AND c.relname <> ALL($2::text[])
         ORDER BY pg_table_size(t.oid) DESC, t.relname, c.relname`,
        [loadedTables, lookupIndexes],
      );
      if (rows.length === 0) return false;
      await writer.query(`DROP INDEX ${rows.map(({ name }) => `public."${name}"`).join(", ")}`);
      await writer.query("INSERT INTO settings (name, value) VALUES ('first_load', $1)", [
        JSON.stringify(rows),
      ]);
      return true;
    });
  try {
    return await retry(begin, { ...retries, isRetryable: isLockTimeout });
  } catch (error) {
    if (isLockTimeout(error) || isPrivilegeMissing(error)) return false;
    throw error;
  }
}

/** An index that a first load dropped. */
type MissingIndex = { readonly name: string; readonly table: string; readonly definition: string };

/** The indexes that the first load of this database dropped, built again or not; null if there is no unfinished one. */
export async function readFirstLoad(client: QueryClient | pg.Pool): Promise<readonly MissingIndex[] | null> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM settings WHERE name = 'first_load'",
  );
  const [row] = rows;
  return row === undefined ? null : (JSON.parse(row.value) as MissingIndex[]);
}

/** Called before an index is built, and before the tables are analyzed (null), with how many of all are built. */
export type IndexProgress = (index: string | null, done: number, all: number) => void;

/**
 * Builds the recorded indexes that do not exist, one transaction each, then analyzes their tables and deletes the
 * record. Writers to a table wait while one of its indexes is built. Does nothing without a record.
 */
export async function buildRecordedIndexes(client: QueryClient, onProgress: IndexProgress): Promise<void> {
  const indexes = await readFirstLoad(client);
  if (indexes === null) return;
  // Sorting in memory is much faster; a larger value of the server stays.
  await client.query(
    `SELECT set_config(name, '${buildMemoryKilobytes}', false) FROM pg_settings
     WHERE name = 'maintenance_work_mem' AND setting::int < ${buildMemoryKilobytes}`,
  );
  for (const [done, { name, definition }] of indexes.entries()) {
    onProgress(name, done, indexes.length);
    await client.query(definition.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"));
  }
  onProgress(null, indexes.length, indexes.length);
  await analyze(client);
  await client.query("DELETE FROM settings WHERE name = 'first_load'");
}

const buildMemoryKilobytes = 256 * 1024;

/**
 * Analyzes the tables. The words of texts, which are indexed expressions, are computed for each sampled row: of them a
 * tenth of the sample suffices. A list of columns leaves the expressions out.
 */
async function analyze(client: QueryClient): Promise<void> {
  const tables = loadedTables.map((table) => `public."${table}"`);
  await client.query("SET default_statistics_target = 10");
  await client.query(`ANALYZE ${tables.join(", ")}`);
  await client.query("RESET default_statistics_target");
  const columnsOf = (table: string) => [...tableShape(table).types.keys()].map((column) => `"${column}"`);
  const listed = loadedTables.map((table, index) => `${tables[index]} (${columnsOf(table).join(", ")})`);
  await client.query(`ANALYZE ${listed.join(", ")}`);
}

/** The right to load, or to build what a load left out: one process has it. It ends with the session. */
export type FirstLoadClaim = {
  /** Builds the recorded indexes. Rejects with the signal's reason as soon as it is aborted. */
  finish(onProgress: IndexProgress, signal?: AbortSignal): Promise<void>;
  release(): void;
};

/** Claims the first load of a database; null while another process has it. */
export async function claimFirstLoad({ pool }: Pick<Database, "pool">): Promise<FirstLoadClaim | null> {
  const client = await pool.connect();
  let isHeld = true;
  // Closing the session frees the lock, and ends a running build.
  const release = () => {
    if (isHeld) client.release(true);
    isHeld = false;
  };
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(${firstLoadLock}) AS taken`,
    );
    if (rows[0]?.taken !== true) {
      release();
      return null;
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    async finish(onProgress, signal) {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", release, { once: true });
      try {
        await buildRecordedIndexes(client, onProgress);
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        signal?.removeEventListener("abort", release);
      }
    },
    release,
  };
}
