import { checksumAt, type FeedPosition, feedHead, readChanges } from "../../store/feed.ts";
import type { Database } from "../../store/index.ts";
import type { Wait } from "./change-watch.ts";

/** Changes on a page: unless asked, and at most. */
export const defaultLimit = 500;
export const maximumLimit = 1000;

/** The answer of `/feed`. Positions are integers, hashes lower-case hex. */
export type FeedPage = {
  readonly feed_type: "pith_graph_feed";
  readonly feed_version: "1.0";
  /** Where the page begins; null for the checksum where the feed does not reach so far. */
  readonly after: { readonly position: number; readonly checksum: string | null };
  /** The end of the feed. */
  readonly head: { readonly position: number; readonly checksum: string };
  readonly changes: readonly {
    readonly position: number;
    readonly pith_number: string;
    readonly state_sha256: string;
    /** Of the set of all states once this change is made. */
    readonly checksum: string;
  }[];
};

/**
 * The page that is seen, or where the feed ends at the position: the first that says more, if one comes while it is
 * waited for.
 */
export async function awaitFeedPage(
  look: () => Promise<FoundPage>,
  after: bigint,
  wait: Wait,
): Promise<FoundPage> {
  for (;;) {
    const found = await look();
    if (found.head.position !== after || !(await wait.changed())) return found;
  }
}

/** A page, and where the feed ends. */
export type FoundPage = { readonly page: FeedPage; readonly head: FeedPosition };

export async function readFeedPage({ db }: Database, after: bigint, limit: number): Promise<FoundPage> {
  const changes = await readChanges(db, after, limit);
  const checksum = await checksumAt(db, after);
  // Last: the head is at or behind every change of the page.
  const head = await feedHead(db);
  return {
    head,
    page: {
      feed_type: "pith_graph_feed",
      feed_version: "1.0",
      after: { position: Number(after), checksum },
      head: { position: Number(head.position), checksum: head.checksum },
      changes: changes.map((change) => ({
        position: Number(change.position),
        pith_number: change.pithNumber,
        state_sha256: change.stateSha256,
        checksum: change.checksum,
      })),
    },
  };
}
