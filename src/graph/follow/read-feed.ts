import type pg from "pg";
import type { GraphTransaction } from "../threads/messages.ts";

/** What has come after a position: whole transactions, or that the graph must be loaded anew. */
export type FeedNews =
  | { readonly head: bigint; readonly transactions: readonly GraphTransaction[] }
  | "reload";

type FeedRow = {
  readonly position: string;
  readonly transaction_end: string;
  readonly payload: Buffer | null;
  readonly changed_at: string;
};

/** Rows read at a time: a few megabytes at most. */
const page = 64;

/**
 * Reads the feed after a position, as far as one page goes, and to the end of its last transaction. It says to reload
 * where rows have been deleted that were not read, where one says so, and where the feed ends before the position:
 * then the database is another one than it was.
 */
export async function readFeed(pool: pg.Pool, after: bigint): Promise<FeedNews> {
  const counter = await pool.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  const head = BigInt(counter.rows[0]?.value ?? 0);
  if (head < after) return "reload";
  if (head === after) return { head, transactions: [] };
  const rows = await readRows(pool, after);
  for (;;) {
    const last = rows.at(-1);
    if (last === undefined || last.position === last.transaction_end) break;
    // The rest is there: a transaction's rows are committed together.
    const more = await readRows(pool, BigInt(last.position));
    if (more.length === 0) return "reload";
    rows.push(...more);
  }
  const isGapless = rows.every(({ position }, index) => BigInt(position) === after + BigInt(index) + 1n);
  if (rows.length === 0 || !isGapless) return "reload";
  const transactions: GraphTransaction[] = [];
  let payloads: Uint8Array[] = [];
  for (const { position, transaction_end, payload, changed_at: changedAt } of rows) {
    if (payload === null) return "reload";
    // In a buffer of its own: a small one is a part of a larger, all of which would be sent to each thread.
    payloads.push(new Uint8Array(payload));
    if (position !== transaction_end) continue;
    transactions.push({ position: BigInt(position), payloads, changedAt });
    payloads = [];
  }
  return { head, transactions };
}

async function readRows(pool: pg.Pool, after: bigint): Promise<FeedRow[]> {
  const { rows } = await pool.query<FeedRow>(
    `SELECT position, transaction_end, payload, changed_at::text FROM graph_changes
     WHERE position > $1 ORDER BY position LIMIT ${page}`,
    [after.toString()],
  );
  return rows;
}
