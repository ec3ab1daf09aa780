import type pg from "pg";
import { graphChannel, inTransaction, listen, type QueryClient, readGraphPayload } from "../store/index.ts";
import { joinId } from "./base-graph.ts";
import type { GraphTransaction } from "./thread-pool.ts";

export type FollowedGraph = {
  /** The position up to which the feed has been applied. */
  position(): bigint;
  /** Receives the current end of the feed. */
  onHead(position: bigint): void;
  /** Reads what the graph stores of these works, in the snapshot that the feed was read in: they may have changed. */
  readWorks(client: QueryClient, workIds: ReadonlySet<bigint>): Promise<void>;
  /**
   * Applies transactions up to the position of the snapshot in which `readWorks` was called. Rejects if one cannot be
   * read: the graph is then reloaded.
   */
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
      const changes = await readFeed(pool, followed);
      if (isClosed) return;
      if (changes === "reload") await followed.reload();
      else await followed.apply(changes).catch(() => followed.reload());
      // More may have been committed while these were applied.
      if (changes === "reload" || changes.length > 0) isRequestedAgain = true;
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

type FeedRow = {
  readonly position: string;
  readonly transaction_end: string;
  readonly payload: Buffer | null;
  readonly changed_at: string;
};

/** Rows read at a time: a few megabytes at most. */
const pageRows = 64;

/**
 * Reads the feed after a graph's position: everything in one snapshot, and in the same snapshot the works that it
 * changes. Returns "reload" if unread rows were deleted, if a row demands it or cannot be read, or if the feed ends
 * before the position, which means that the database was replaced.
 */
async function readFeed(
  pool: pg.Pool,
  followed: FollowedGraph,
): Promise<readonly GraphTransaction[] | "reload"> {
  const after = followed.position();
  // Usually nothing has changed.
  if ((await readHead(pool)) === after) return [];
  return inTransaction(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", async (snapshot) => {
    const head = await readHead(snapshot);
    if (head < after) return "reload";
    followed.onHead(head);
    const rows: FeedRow[] = [];
    for (let read = after; read < head; ) {
      const page = await readFeedRows(snapshot, read);
      rows.push(...page);
      // Whatever is committed later has no row in this snapshot: unread rows were deleted.
      if (page.length === 0) return "reload";
      read = BigInt(page.at(-1)?.position ?? head);
    }
    const isGapless = rows.every(({ position }, index) => BigInt(position) === after + BigInt(index) + 1n);
    if (!isGapless) return "reload";
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
    const works = changedWorks(transactions);
    if (works === null) return "reload";
    await followed.readWorks(snapshot, works);
    return transactions;
  });
}

async function readHead(client: QueryClient): Promise<bigint> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM totals WHERE name = 'graph_position'",
  );
  return BigInt(rows[0]?.value ?? 0);
}

async function readFeedRows(client: QueryClient, after: bigint): Promise<FeedRow[]> {
  const { rows } = await client.query<FeedRow>(
    `SELECT position, transaction_end, payload, changed_at::text FROM graph_changes
     WHERE position > $1 ORDER BY position LIMIT ${pageRows}`,
    [after.toString()],
  );
  return rows;
}

/** The works that were added, removed or otherwise changed; null if a payload is malformed. */
function changedWorks(transactions: readonly GraphTransaction[]): Set<bigint> | null {
  const works = new Set<bigint>();
  const add = (high: number, low: number) => void works.add(joinId(high, low));
  const ignore = () => {};
  try {
    for (const { payloads } of transactions) {
      for (const payload of payloads) {
        readGraphPayload(payload, {
          addWork: add,
          removeWork: add,
          changeWork: add,
          putEdge: ignore,
          removeEdge: ignore,
        });
      }
    }
  } catch {
    return null;
  }
  return works;
}
