import type pg from "pg";
import type { Proof } from "../../protocol/index.ts";
import { idleWriterMilliseconds, inTransaction, type Transaction } from "../../store/transaction.ts";

/** Told with every commit that puts documents into the queue. */
export const queuedChannel = "pith_graph_submissions";

/** Told with every commit that finishes submissions; the payload is their ids, separated by spaces. */
export const finishedChannel = "pith_graph_submission_done";

/** PostgreSQL allows a payload of 8,000 bytes; an id and its space are 37. */
export const idsInOneNotice = 200;

/** A document on its way into the queue. */
export type NewSubmission = {
  /** A random UUID (version 4): who knows it may ask what became of the submission. */
  readonly id: string;
  /** Which token submitted it: the first 16 hex digits of the token's SHA-256. */
  readonly token: string;
  readonly minimumProof: Proof;
  readonly bytes: Buffer;
  /** Seconds by which it goes before what comes at the same time; none unless told. */
  readonly ahead?: number;
};

/**
 * Puts documents into the queue and wakes the workers, in one statement that is a transaction of its own: once this
 * resolves, the documents are on disk and may be acknowledged. Rejects with none of them stored.
 */
export async function enqueue(pool: pg.Pool, submissions: readonly NewSubmission[]): Promise<void> {
  if (submissions.length === 0) return;
  await pool.query(
    `WITH added AS (
       INSERT INTO submissions
         (submission_id, status, token, minimum_proof, document, size, attempts, not_before, received_at)
       SELECT id, 'queued', token, proof::proof, document, octet_length(document), 0,
         now() - ahead * interval '1 second', now()
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::float8[])
         AS given (id, token, proof, document, ahead)
       RETURNING 1)
     SELECT pg_notify('${queuedChannel}', '') FROM (SELECT count(*) FROM added) AS counted`,
    [
      submissions.map(({ id }) => id),
      submissions.map(({ token }) => token),
      submissions.map(({ minimumProof }) => minimumProof),
      submissions.map(({ bytes }) => bytes),
      submissions.map(({ ahead = 0 }) => ahead),
    ],
  );
}

/** What waits in the queue. */
export type QueueSize = { readonly documents: number; readonly bytes: number };

/** Counts what is queued. Documents of failed submissions are kept, too, but wait for nobody. */
export async function readQueueSize(pool: pg.Pool): Promise<QueueSize> {
  const { rows } = await pool.query<{ documents: string; bytes: string }>(
    "SELECT count(*) AS documents, coalesce(sum(size), 0) AS bytes FROM submissions WHERE status = 'queued'",
  );
  const [size] = rows;
  return { documents: Number(size?.documents ?? 0), bytes: Number(size?.bytes ?? 0) };
}

/** How long it can be asked what became of a submission. */
const keptDays = 30;

/** Forgets submissions that were finished long ago. Those that failed stay: their documents are in no other place. */
export async function pruneFinished(pool: pg.Pool): Promise<void> {
  // By `not_before`, which the index has; it lies near the submission's last attempt.
  await pool.query(
    `DELETE FROM submissions
     WHERE status IN ('merged', 'rejected') AND not_before < now() - $1 * interval '1 day'`,
    [keptDays],
  );
}

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
