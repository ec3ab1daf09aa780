import pg from "pg";
import type { Proof } from "../protocol/index.ts";
import { errorText } from "../runtime/index.ts";
import {
  describeDatabaseError,
  findServerFault,
  inTransaction,
  maxIdleWriterMilliseconds,
  type QueryClient,
  type Transaction,
} from "../store/index.ts";

/*
 * The queue of submitted documents is the table `submissions`. A row is created as `queued`:
 *
 *   event                          status                          attempts
 *   claimed                        queued, due after a delay       + 1
 *   claimed after 12 attempts      failed
 *   ingested                       merged or rejected, and the document is deleted
 *   fault of the infrastructure    queued                          at most 8
 *   defect                         queued, failed after the 4th    1 for the first of a kind
 *
 * Merged and rejected rows are deleted after 30 days. Failed ones stay.
 */

/** Notified with every commit that adds documents to the queue. */
export const queuedChannel = "pith_graph_submissions";

/** Notified with every commit that finishes submissions; the payload is their ids, separated by spaces. */
export const finishedChannel = "pith_graph_submission_done";

/** PostgreSQL limits a payload to 8,000 bytes; an id and its space take 37. */
const maxIdsPerNotice = 200;

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
         AS input (id, token, proof, document, ahead)
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
const retentionDays = 30;

/** Deletes submissions that finished long ago. Failed ones stay, because their documents are stored nowhere else. */
export async function pruneFinished(pool: pg.Pool): Promise<void> {
  // By `not_before`, which is indexed and close to the time of the last attempt.
  await pool.query(
    `DELETE FROM submissions
     WHERE status IN ('merged', 'rejected') AND not_before < now() - $1 * interval '1 day'`,
    [retentionDays],
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

// ---- Claims

const firstDelay = 1_000;
const maxDelay = 300_000;

/** The maximum number of attempts that end with their worker: then the document is suspected of causing it. */
const maxAttempts = 12;

/**
 * After an infrastructure fault at most this many attempts count: the next one starts within about four minutes, and a
 * worker must then end four times in succession before the document fails.
 */
const maxAttemptsOnInfrastructure = maxAttempts - 4;

/** The maximum number of attempts after a defect: another attempt is unlikely to succeed. */
const maxAttemptsOnDefects = 4;

/**
 * Milliseconds from the start of the nth attempt (from 1) until a submission may be claimed again: exponential, with
 * jitter, so that submissions that failed together are not retried together. `random` is from 0 to 1.
 */
export function retryDelay(attempt: number, random = Math.random()): number {
  return Math.min(maxDelay, firstDelay * 2 ** (attempt - 1)) * (0.75 + random / 2);
}

type ClaimLimits = {
  readonly maxDocuments: number;
  /** For all documents together, in bytes; a single document may be larger. */
  readonly maxBytes: number;
};

type QueuedRow = { submission_id: string; attempts: number; size: number; ahead: number };

/**
 * Claims the submissions of the next batch, those due longest first, and sets the time when they may be claimed again.
 * Counts the attempt before it is made, so that a document that kills its worker is counted, too.
 *
 * A submission that was claimed before is processed alone, so that a repeated failure affects no others. One that was
 * claimed too often fails, and its document is kept.
 */
export function claimBatch(pool: pg.Pool, { maxDocuments, maxBytes }: ClaimLimits): Promise<string[]> {
  return inQueueTransaction(pool, async (client) => {
    const { rows } = await client.query<QueuedRow>(
      `SELECT submission_id, attempts, size, greatest(0, extract(epoch FROM received_at - not_before)::float8) AS ahead
       FROM submissions
       WHERE status = 'queued' AND not_before <= now()
       ORDER BY not_before, received_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [maxDocuments],
    );
    const spent = rows.filter(({ attempts }) => attempts >= maxAttempts);
    if (spent.length > 0) await failSpent(client, spent);
    const batch = chooseBatch(
      rows.filter(({ attempts }) => attempts < maxAttempts),
      maxBytes,
    );
    if (batch.length > 0) {
      await client.query(
        `UPDATE submissions SET attempts = attempts + 1, not_before = now() + delay * interval '1 ms'
         FROM unnest($1::uuid[], $2::float8[]) AS input (id, delay) WHERE submission_id = id`,
        [batch.map((row) => row.submission_id), batch.map(({ attempts }) => retryDelay(attempts + 1))],
      );
    }
    return batch.map((row) => row.submission_id);
  });
}

/**
 * Rows are sorted by due time; `ahead` is the priority in seconds: how long before its arrival a row counts as due. So
 * that high priorities need not wait for low ones, a batch ends at a row with less than half of the first's.
 */
export function chooseBatch<Candidate extends { attempts: number; size: number; ahead: number }>(
  rows: readonly Candidate[],
  maxBytes: number,
): Candidate[] {
  const [first] = rows;
  if (first === undefined) return [];
  if (first.attempts > 0) return [first];
  const batch: Candidate[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (row.attempts > 0) continue;
    if (batch.length > 0 && row.ahead < first.ahead / 2) break;
    bytes += row.size;
    if (batch.length > 0 && bytes > maxBytes) break;
    batch.push(row);
  }
  return batch;
}

async function failSpent(client: QueryClient, rows: readonly QueuedRow[]): Promise<void> {
  const ids = rows.map((row) => row.submission_id);
  await client.query(
    `UPDATE submissions SET status = 'failed', finished_at = now(),
       error_code = coalesce(error_code, 'WORKER_ENDED'),
       error_message = coalesce(error_message, 'Each worker that took it up ended before it did.')
     WHERE submission_id = ANY($1::uuid[])`,
    [ids],
  );
  await notifyFinished(client, ids);
}

// ---- Results

/** A fault during the ingest of documents, as stored with the submission. */
export type Fault = {
  /** A SQLSTATE, a system error code, or `DEFECT`. */
  readonly code: string;
  readonly message: string;
  /** Whether the database or the machine caused it, so that the same documents may succeed later. */
  readonly isInfrastructure: boolean;
};

/**
 * Distinguishes infrastructure faults, which pass or get repaired (lost connections, deadlocks, a full disk, a server
 * shutdown, conflicting rows), from defects. Document faults never get here: `ingestBatch` quarantines them.
 */
export function faultOf(thrown: unknown): Fault {
  if (!(thrown instanceof Error))
    return { code: "DEFECT", message: errorText(thrown), isInfrastructure: false };
  // Drizzle wraps PostgreSQL's error as its cause.
  const error = findServerFault(thrown) ?? (thrown.cause instanceof pg.DatabaseError ? thrown.cause : thrown);
  const { code, syscall } = error as NodeJS.ErrnoException;
  const message = errorText(error);
  if (error instanceof pg.DatabaseError) {
    return { code: code ?? "DATABASE", message: describeDatabaseError(error), isInfrastructure: true };
  }
  if (code !== undefined && syscall !== undefined) return { code, message, isInfrastructure: true };
  if (findServerFault(error) !== null)
    return { code: code ?? "CONNECTION_LOST", message, isInfrastructure: true };
  return { code: "DEFECT", message: `${error.name}: ${message}`, isInfrastructure: false };
}

/** The result of a submission. */
export type SubmissionOutcome = {
  readonly id: string;
  readonly status: "merged" | "rejected";
  readonly pithNumber: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

/** Stores the results of submissions, deletes their documents, and notifies waiting clients on commit. */
export async function finish(client: QueryClient, outcomes: readonly SubmissionOutcome[]): Promise<void> {
  await client.query(
    `UPDATE submissions SET status = outcome::submission_status, pith_number = number, error_code = code,
       error_message = message, finished_at = clock_timestamp(), document = NULL
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
       AS input (id, outcome, number, code, message)
     WHERE submission_id = id`,
    [
      outcomes.map(({ id }) => id),
      outcomes.map(({ status }) => status),
      outcomes.map(({ pithNumber }) => pithNumber),
      outcomes.map(({ errorCode }) => errorCode),
      outcomes.map(({ errorMessage }) => errorMessage),
    ],
  );
  await notifyFinished(
    client,
    outcomes.map(({ id }) => id),
  );
}

/**
 * Stores the fault of submissions that are still queued. After an infrastructure fault they stay queued, however many
 * attempts they had: acknowledged documents are retried until they are stored. They fail after `maxAttemptsOnDefects`
 * defects in succession; attempts before the first of these do not count.
 */
export async function recordFault(
  client: QueryClient,
  ids: readonly string[],
  { code, message, isInfrastructure }: Fault,
): Promise<void> {
  // A failure of the database says nothing about the document, so the counted attempts stay below the limit.
  const counted = isInfrastructure
    ? `least(attempts, ${maxAttemptsOnInfrastructure})`
    : "CASE WHEN error_code = $2 THEN attempts ELSE 1 END";
  const fails = isInfrastructure ? "false" : `${counted} >= ${maxAttemptsOnDefects}`;
  const { rows } = await client.query<{ id: string }>(
    `UPDATE submissions SET error_code = $2, error_message = $3, attempts = ${counted},
       status = CASE WHEN ${fails} THEN 'failed'::submission_status ELSE status END,
       finished_at = CASE WHEN ${fails} THEN clock_timestamp() END
     WHERE submission_id = ANY($1::uuid[]) AND status = 'queued'
     RETURNING CASE WHEN status = 'failed' THEN submission_id END AS id`,
    [ids, code, message.replaceAll("\u0000", "\ufffd")],
  );
  await notifyFinished(
    client,
    rows.map(({ id }) => id).filter((id) => id !== null),
  );
}

async function notifyFinished(client: QueryClient, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += maxIdsPerNotice) {
    const payload = ids.slice(from, from + maxIdsPerNotice).join(" ");
    await client.query("SELECT pg_notify($1, $2)", [finishedChannel, payload]);
  }
}
