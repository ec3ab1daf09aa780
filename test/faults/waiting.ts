import type pg from "pg";
import type { Database } from "../../src/store/index.ts";
import { writeLock } from "../../src/store/write-lock.ts";

/** Polls until a query returns at least `count` rows. The test's time limit ends the wait. */
export async function untilRows(client: pg.Pool | pg.ClientBase, query: string, count = 1): Promise<void> {
  for (;;) {
    const { rows } = await client.query(query);
    if (rows.length >= count) return;
  }
}

/** Writers in a transaction that wait for the write lock of this database. */
export const waitingWriters = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** A lock for which writers wait. */
export type HeldLock = {
  /** The session with the lock. */
  readonly holder: pg.PoolClient;
  release(): Promise<void>;
};

/** Makes every writer wait at the beginning of its transaction until the lock is released. */
export async function holdWriteLock({ pool }: Database): Promise<HeldLock> {
  const holder = await pool.connect();
  await holder.query("SELECT pg_advisory_lock($1)", [writeLock]);
  return {
    holder,
    release: async () => {
      await holder.query("SELECT pg_advisory_unlock($1)", [writeLock]);
      holder.release();
    },
  };
}

/** Makes every writer to a table wait until the lock is released. */
export async function holdTable({ pool }: Database, table: string): Promise<HeldLock> {
  const holder = await pool.connect();
  await holder.query(`BEGIN; LOCK TABLE "${table}" IN EXCLUSIVE MODE`);
  return {
    holder,
    release: async () => {
      await holder.query("ROLLBACK");
      holder.release();
    },
  };
}
