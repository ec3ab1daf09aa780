import type pg from "pg";
import type { Statements } from "../../store/transaction.ts";
import { mostAttempts, retryDelay, tellFinished } from "./finish.ts";
import { inQueueTransaction } from "./queue.ts";

type ClaimLimits = {
  readonly mostDocuments: number;
  /** Of all documents together; a single one may be larger. */
  readonly mostBytes: number;
};

type Row = { submission_id: string; attempts: number; size: number; ahead: number };

/**
 * Chooses the submissions of the next batch, those first that were due first, and counts the attempt before it is made: so a document
 * that ends its worker is counted, too. Until it is finished, the row says when it may be taken up again.
 *
 * What was taken up before goes alone: whatever it was that failed, it does not take others with it again. What was
 * taken up too often is given up, its document kept.
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
 * The rows are in the order in which they are due; `ahead`: how many seconds before they came. Those that go far ahead
 * are not made to wait for the writing of those that do not: a batch goes no further than to half of its first one's.
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

async function giveUp(client: Statements, rows: readonly Row[]): Promise<void> {
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
