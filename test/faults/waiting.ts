import type pg from "pg";
import type { Database } from "../../src/store/index.ts";
import { writeLock } from "../../src/store/write-lock.ts";

/** Asks until a query has so many rows, which no event tells; the test's own time limit ends the wait. */
export async function untilRows(client: pg.Pool | pg.ClientBase, query: string, count = 1): Promise<void> {
  for (;;) {
    const { rows } = await client.query(query);
    if (rows.length >= count) return;
  }
}

/** Who waits for an advisory lock in this database: a writer that has begun its transaction. */
export const waitingWriters = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** A lock that keeps writers where they are. */
export type HeldLock = {
  /** The session that holds it. */
  readonly holder: pg.PoolClient;
  release(): Promise<void>;
};

/** Makes every writer wait at the beginning of its transaction, until it is released. */
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

/** Makes whoever writes to a table wait there, until it is released. */
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
