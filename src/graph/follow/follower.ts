import type pg from "pg";
import { graphChannel } from "../../store/graph-feed.ts";
import { listen } from "../../store/listen.ts";
import type { GraphTransaction } from "../threads/messages.ts";
import { readFeed } from "./read-feed.ts";

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
