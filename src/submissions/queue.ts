import type pg from "pg";
import type { Proof } from "../protocol/index.ts";
import { inTransaction, maxIdleWriterMilliseconds, type Transaction } from "../store/index.ts";

/** Notified with every commit that adds documents to the queue. */
export const queuedChannel = "pith_graph_submissions";

/** Notified with every commit that finishes submissions; the payload is their ids, separated by spaces. */
export const finishedChannel = "pith_graph_submission_done";

/** PostgreSQL limits a payload to 8,000 bytes; an id and its space take 37. */
export const idsInOneNotice = 200;

/** A document to add to the queue. */
export type NewSubmission = {
  /** A random UUID (version 4): whoever knows it may query the status of the submission. */
  readonly id: string;
  /** The token that submitted it: the first 16 hex digits of the token's SHA-256. */
  readonly token: string;
  readonly minimumProof: Proof;
  readonly bytes: Buffer;
  /** Priority: seconds by which it is due before its arrival. Defaults to 0. */
  readonly ahead?: number;
};

/**
 * Adds documents to the queue and wakes the workers, in one statement that is a transaction of its own: once it
 * resolves, the documents are on disk and may be acknowledged. If it rejects, none of them is stored.
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

/** The number and size of queued documents. */
export type QueueSize = { readonly documents: number; readonly bytes: number };

/** Counts queued documents. Those of failed submissions are kept, too, but not counted. */
export async function readQueueSize(pool: pg.Pool): Promise<QueueSize> {
  const { rows } = await pool.query<{ documents: string; bytes: string }>(
    "SELECT count(*) AS documents, coalesce(sum(size), 0) AS bytes FROM submissions WHERE status = 'queued'",
  );
  const [size] = rows;
  return { documents: Number(size?.documents ?? 0), bytes: Number(size?.bytes ?? 0) };
}

/** Days for which the status of a finished submission can be queried. */
const keptDays = 30;

/** Deletes submissions that finished long ago. Failed ones stay, because their documents are stored nowhere else. */
export async function pruneFinished(pool: pg.Pool): Promise<void> {
  // By `not_before`, which is indexed and close to the time of the last attempt.
  await pool.query(
    `DELETE FROM submissions
     WHERE status IN ('merged', 'rejected') AND not_before < now() - $1 * interval '1 day'`,
    [keptDays],
  );
}

/**
 * Runs a transaction on the queue that does not wait for the disk: after a server crash, a claim or result may be lost
 * and is then repeated, which changes nothing. New submissions and ingested documents are committed elsewhere, durably.
 * Work that waits for another connection needs `keepSessionAlive`, because PostgreSQL ends an idle transaction: it hears
 * nothing from a suspended process, whose locks must not block others.
 */
export function inQueueTransaction<Result>(
  pool: pg.Pool,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(
    pool,
    `BEGIN ISOLATION LEVEL READ COMMITTED;
     SET LOCAL synchronous_commit = off;
     SET LOCAL idle_in_transaction_session_timeout = ${maxIdleWriterMilliseconds}`,
    work,
  );
}
