import type pg from "pg";
import type { QueryClient } from "../store/index.ts";
import { mostAttempts, retryDelay, tellFinished } from "./finish.ts";
import { inQueueTransaction } from "./queue.ts";

type ClaimLimits = {
  readonly mostDocuments: number;
  /** For all documents together, in bytes; a single document may be larger. */
  readonly mostBytes: number;
};

type Row = { submission_id: string; attempts: number; size: number; ahead: number };

/**
 * Claims the submissions of the next batch, those due longest first, and sets the time when they may be claimed again.
 * Counts the attempt before it is made, so that a document that kills its worker is counted, too.
 *
 * A submission that was claimed before is processed alone, so that a repeated failure affects no others. One that was
 * claimed too often fails, and its document is kept.
 */
export function claimBatch(pool: pg.Pool, { mostDocuments, mostBytes }: ClaimLimits): Promise<string[]> {
  return inQueueTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>(
      `SELECT submission_id, attempts, size, greatest(0, extract(epoch FROM received_at - not_before)::float8) AS ahead
       FROM submissions
       WHERE status = 'queued' AND not_before <= now()
       ORDER BY not_before, received_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [mostDocuments],
    );
    const spent = rows.filter(({ attempts }) => attempts >= mostAttempts);
    if (spent.length > 0) await giveUp(client, spent);
    const batch = chooseBatch(
      rows.filter(({ attempts }) => attempts < mostAttempts),
      mostBytes,
    );
    if (batch.length > 0) {
      await client.query(
        `UPDATE submissions SET attempts = attempts + 1, not_before = now() + delay * interval '1 ms'
         FROM unnest($1::uuid[], $2::float8[]) AS given (id, delay) WHERE submission_id = id`,
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
export function chooseBatch<Given extends { attempts: number; size: number; ahead: number }>(
  rows: readonly Given[],
  mostBytes: number,
): Given[] {
  const [first] = rows;
  if (first === undefined || first.attempts > 0) return first === undefined ? [] : [first];
  const batch: Given[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (row.attempts > 0) continue;
    if (batch.length > 0 && row.ahead < first.ahead / 2) break;
    bytes += row.size;
    if (batch.length > 0 && bytes > mostBytes) break;
    batch.push(row);
  }
  return batch;
}

async function giveUp(client: QueryClient, rows: readonly Row[]): Promise<void> {
  const ids = rows.map((row) => row.submission_id);
  await client.query(
    `UPDATE submissions SET status = 'failed', finished_at = now(),
       error_code = coalesce(error_code, 'WORKER_ENDED'),
       error_message = coalesce(error_message, 'Each worker that took it up ended before it did.')
     WHERE submission_id = ANY($1::uuid[])`,
    [ids],
  );
  await tellFinished(client, ids);
}
