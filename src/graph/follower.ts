import type pg from "pg";
import { graphChannel, listen } from "../store/index.ts";
import type { GraphTransaction } from "./thread-pool.ts";

export type FollowedGraph = {
  /** The position up to which the feed has been applied. */
  position(): bigint;
  /** Receives the current end of the feed. */
  onHead(position: bigint): void;
  /** Rejects if a transaction cannot be read: the graph is then reloaded. */
  apply(transactions: readonly GraphTransaction[]): Promise<void>;
  /** Reloads the graph; resolves when the position is that of the new one. */
  reload(): Promise<void>;
};

export type FeedFollower = {
  /** Reads the feed now. Resolves when everything committed before is applied, or when reading failed. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
};

export type FollowOptions = {
  /** The table is polled at least this often, in case a notification was lost. */
  readonly pollMilliseconds: number;
};

/**
 * Follows the feed of changes: notifications wake it, and it reads the table. After a lost connection it listens again
 * and reads at once what it missed.
 */
export function follow(
  pool: pg.Pool,
  followed: FollowedGraph,
  { pollMilliseconds }: FollowOptions,
): FeedFollower {
  let isClosed = false;
  let isRequestedAgain = false;
  let running: Promise<void> | null = null;

  const run = async () => {
    do {
      isRequestedAgain = false;
      const page = await readFeed(pool, followed.position());
      if (isClosed) return;
      if (page === "reload") await followed.reload();
      else {
        followed.onHead(page.head);
        await followed.apply(page.transactions).catch(() => followed.reload());
      }
      // There may be more than one page.
      if (page === "reload" || page.transactions.length > 0) isRequestedAgain = true;
    } while (isRequestedAgain && !isClosed);
  };
  const catchUp = (): Promise<void> => {
    isRequestedAgain = true;
    // A failed read is repeated with the next notification, connection or poll.
    running ??= run()
      .catch(() => {})
      .finally(() => {
        running = null;
        // Requested after the last read ended, and before this.
        if (isRequestedAgain && !isClosed) return catchUp();
      });
    return running;
  };
  const listening = listen(pool, {
    channel: graphChannel,
    // The notification's content is not used as the end of the feed: any database user can send one.
    onNotice: () => void catchUp(),
    onListening: () => void catchUp(),
  });
  const timer = setInterval(() => void catchUp(), pollMilliseconds);
  timer.unref();
  return {
    catchUp,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await listening.close();
      await running;
    },
  };
}

/** The changes after a position, in complete transactions, or that the graph must be reloaded. */
type FeedPage = { readonly head: bigint; readonly transactions: readonly GraphTransaction[] } | "reload";

type FeedRow = {
  readonly position: string;
  readonly transaction_end: string;
  readonly payload: Buffer | null;
  readonly changed_at: string;
};

/** Rows read at a time: a few megabytes at most. */
const pageRows = 64;

/**
 * Reads the feed after a position: one page, and the rest of its last transaction. Returns "reload" if unread rows were
 * deleted, if a row demands it, or if the feed ends before the position, which means that the database was replaced.
 */
async function readFeed(pool: pg.Pool, after: bigint): Promise<FeedPage> {
  const counter = await pool.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  const head = BigInt(counter.rows[0]?.value ?? 0);
  if (head < after) return "reload";
  if (head === after) return { head, transactions: [] };
  const rows = await readFeedRows(pool, after);
  for (;;) {
    const last = rows.at(-1);
    if (last === undefined || last.position === last.transaction_end) break;
    // The rest exists: a transaction's rows are committed together.
    const more = await readFeedRows(pool, BigInt(last.position));
    if (more.length === 0) return "reload";
    rows.push(...more);
  }
  const isGapless = rows.every(({ position }, index) => BigInt(position) === after + BigInt(index) + 1n);
  if (rows.length === 0 || !isGapless) return "reload";
  const transactions: GraphTransaction[] = [];
  let payloads: Uint8Array[] = [];
  for (const { position, transaction_end, payload, changed_at: changedAt } of rows) {
    if (payload === null) return "reload";
    // A buffer of its own: small ones are slices of a larger one, all of which would be sent to each thread.
    payloads.push(new Uint8Array(payload));
    if (position !== transaction_end) continue;
    transactions.push({ position: BigInt(position), payloads, changedAt });
    payloads = [];
  }
  return { head, transactions };
}

async function readFeedRows(pool: pg.Pool, after: bigint): Promise<FeedRow[]> {
  const { rows } = await pool.query<FeedRow>(
    `SELECT position, transaction_end, payload, changed_at::text FROM graph_changes
     WHERE position > $1 ORDER BY position LIMIT ${pageRows}`,
    [after.toString()],
  );
  return rows;
}
