import type pg from "pg";
import { graphChannel } from "../store/graph-feed.ts";
import { listen } from "../store/listen.ts";
import type { GraphTransaction } from "./threads/messages.ts";

export type Followed = {
  /** How far the feed has been applied. */
  position(): bigint;
  /** Where the feed ended just now. */
  onHead(position: bigint): void;
  /** Rejects where one cannot be read: the graph is then loaded anew. */
  apply(transactions: readonly GraphTransaction[]): Promise<void>;
  /** Loads anew; resolves when the position is that of the new graph. */
  reload(): Promise<void>;
};

export type Following = {
  /** Looks into the table now. Resolves when all that was committed before is applied, or the looking failed. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
};

export type FollowOptions = {
  /** The table is looked into at least so often, in case a notice was lost. */
  readonly pollMilliseconds: number;
};

/**
 * Follows the feed of changes: notices wake it, the table tells it. After a lost connection it listens again and looks
 * at once for what it has missed.
 */
export function follow(pool: pg.Pool, followed: Followed, { pollMilliseconds }: FollowOptions): Following {
  let isClosed = false;
  let isAskedAgain = false;
  let running: Promise<void> | null = null;

  const run = async () => {
    do {
      isAskedAgain = false;
      const news = await readFeed(pool, followed.position());
      if (isClosed) return;
      if (news === "reload") await followed.reload();
      else {
        followed.onHead(news.head);
        await followed.apply(news.transactions).catch(() => followed.reload());
      }
      // One page may not have been all.
      if (news === "reload" || news.transactions.length > 0) isAskedAgain = true;
    } while (isAskedAgain && !isClosed);
  };
  const catchUp = (): Promise<void> => {
    isAskedAgain = true;
    // A look that fails is repeated with the next notice, the next connection or the next poll.
    running ??= run()
      .catch(() => {})
      .finally(() => {
        running = null;
        // Asked after the last look, and before this.
        if (isAskedAgain && !isClosed) return catchUp();
      });
    return running;
  };
  const listening = listen(pool, {
    channel: graphChannel,
    // What it says is not taken for the end of the feed: anybody may send one.
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

/** What has come after a position: whole transactions, or that the graph must be loaded anew. */
type FeedNews = { readonly head: bigint; readonly transactions: readonly GraphTransaction[] } | "reload";

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
async function readFeed(pool: pg.Pool, after: bigint): Promise<FeedNews> {
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
