import type pg from "pg";
import { idleWriterMilliseconds, inTransaction, type Transaction } from "../../store/transaction.ts";

/**
 * Runs work in a transaction of the queue's own. It does not wait for the disk: a server that crashes may forget that
 * a submission was taken up or finished, and then it is done again, which changes nothing. What came into the queue,
 * and what documents say, is committed elsewhere, and durably. Where the work waits for another connection it needs
 * `keepOpen`: of a process that was stopped PostgreSQL hears nothing, and the rows it has locked are free for others.
 */
export function inQueueTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(
    pool,
    `BEGIN ISOLATION LEVEL READ COMMITTED;
     SET LOCAL synchronous_commit = off;
     SET LOCAL idle_in_transaction_session_timeout = ${idleWriterMilliseconds}`,
    work,
  );
}
