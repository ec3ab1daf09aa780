import type { Database } from "./database.ts";

/**
 * An arbitrary constant. Writers wait for each other under this lock: works and their counts belong to no single paper,
 * so two writers would need a common lock order. Verification, most of the work, needs no lock.
 */
export const writeLock = 7_484_002;

/** The holder of the write lock while others wait for it. */
export type WriteLockWait = {
  /** The server's process id of the holder's session, and its application name. */
  readonly pid: number;
  readonly application: string;
  /** Age of its open transaction, or time since its session last did something; in seconds. */
  readonly heldSeconds: number;
  /** Number of waiting sessions, and how long the first has waited. */
  readonly waiting: number;
  readonly waitedSeconds: number;
};

const isWriteLock = `locktype = 'advisory' AND classid = 0 AND objid = ${writeLock} AND objsubid = 1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** The holder of the write lock and its waiters; null if no session is waiting. */
export async function readWriteLockWait({ pool }: Pick<Database, "pool">): Promise<WriteLockWait | null> {
  const { rows } = await pool.query<{
    pid: number;
    application: string;
    held: number;
    waiting: number;
    waited: number;
  }>(
    `SELECT a.pid, a.application_name AS application, w.waiting, w.waited,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.state_change))::float8 AS held
     FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid),
       (SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(waitstart)), 0)::float8 AS waited
        FROM pg_locks WHERE ${isWriteLock} AND NOT granted) AS w
     WHERE ${isWriteLock} AND l.granted AND w.waiting > 0`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { pid, application, held, waiting, waited } = row;
  return { pid, application, heldSeconds: held, waiting, waitedSeconds: waited };
}

/** When a holder of the lock counts as stopped, in milliseconds. */
export type WaitLimits = {
  /** Interval at which a waiter checks the holder. */
  readonly checkMilliseconds: number;
  /** For how long the holder's session must have waited for its client without any progress. */
  readonly stoppedMilliseconds: number;
};

export const defaultWaitLimits: WaitLimits = { checkMilliseconds: 10_000, stoppedMilliseconds: 60_000 };

/**
 * Waits for the write lock with a statement that takes it. A working holder is waited for, however long it takes: a
 * rebuild may take an hour. If the holder's program was stopped or cannot be reached, its session is ended after
 * `stoppedMilliseconds`: its transaction is rolled back, and if the program resumes, its connection is closed and it
 * repeats the work. `pool` must have another connection than the one that waits.
 */
export async function waitForWriteLock<Result>(
  pool: Database["pool"],
  lock: () => Promise<Result>,
  { checkMilliseconds, stoppedMilliseconds }: WaitLimits = defaultWaitLimits,
): Promise<Result> {
  let seen: { readonly activity: string; readonly since: number } | undefined;
  let isChecking = false;
  const check = async () => {
    if (isChecking) return;
    isChecking = true;
    // A failed check is repeated.
    const holder = await readIdleHolder(pool).catch(() => undefined);
    if (holder === undefined || holder.activity !== seen?.activity)
      seen = holder && { activity: holder.activity, since: performance.now() };
    else if (performance.now() - seen.since >= stoppedMilliseconds) {
      await endSession(pool, holder).catch(() => {});
      seen = undefined;
    }
    isChecking = false;
  };
  const timer = setInterval(() => void check(), checkMilliseconds);
  timer.unref();
  try {
    return await lock();
  } finally {
    clearInterval(timer);
  }
}

type IdleHolder = {
  readonly pid: number;
  /** Changes with any activity of the session. */
  readonly activity: string;
};

/** The holder, if its session waits for its client: for the next statement, for rows to copy, or to be read from. */
async function readIdleHolder(pool: Database["pool"]): Promise<IdleHolder | undefined> {
  const { rows } = await pool.query<IdleHolder>(
    `SELECT a.pid, concat_ws(' ', a.pid, a.backend_start, a.query_start, a.state_change, a.state, a.wait_event,
       (SELECT max(bytes_processed) FROM pg_stat_progress_copy AS c WHERE c.pid = a.pid)) AS activity
     FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
     WHERE ${isWriteLock} AND l.granted AND a.wait_event_type = 'Client'`,
  );
  return rows[0];
}

/** Ends the session if it still holds the lock and has done nothing since. */
async function endSession(pool: Database["pool"], { pid, activity }: IdleHolder): Promise<void> {
  const now = await readIdleHolder(pool);
  if (now?.activity === activity) await pool.query("SELECT pg_terminate_backend($1)", [pid]);
}
