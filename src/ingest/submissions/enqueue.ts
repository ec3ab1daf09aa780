import type pg from "pg";
import type { Proof } from "../../protocol/index.ts";
import { queuedChannel } from "./channels.ts";

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
