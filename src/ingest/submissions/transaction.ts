import type pg from "pg";
import { inTransaction, type Transaction } from "../../store/transaction.ts";

/** How long a queue transaction may stay silent, in milliseconds, before PostgreSQL ends it. */
const silenceMilliseconds = 60_000;

/**
 * Runs work in a transaction of the queue's own. It does not wait for the disk: a server that crashes may forget that
 * a submission was taken up or finished, and then it is done again, which changes nothing. What came into the queue,
 * and what documents say, is committed elsewhere, and durably.
 */
export function inQueueTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(
    pool,
    `BEGIN ISOLATION LEVEL READ COMMITTED;
     SET LOCAL synchronous_commit = off;
     SET LOCAL idle_in_transaction_session_timeout = ${silenceMilliseconds}`,
    work,
  );
}

/**
 * Keeps a queue transaction open while work goes on elsewhere, for as long as this process runs: of one that was
 * stopped PostgreSQL hears nothing, ends the transaction, and the rows it has locked are free for other workers.
 */
export async function keepOpen<Result>(
  transaction: Transaction,
  work: () => Promise<Result>,
): Promise<Result> {
  // One that fails fails the transaction.
  const timer = setInterval(() => transaction.query("SELECT 1").catch(() => {}), silenceMilliseconds / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
