import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../store/index.ts";
import { MirrorError } from "./fetch-error.ts";
import { type SyncOptions, type SyncSummary, syncMirror } from "./sync.ts";

export type FollowOptions = SyncOptions & {
  readonly signal: AbortSignal;
  /** Milliseconds from one look to the next: at least while something comes, and at most. */
  readonly interval?: { readonly least: number; readonly most: number };
  /** Called whenever the end of the feed was reached. */
  readonly onSynced?: (summary: SyncSummary) => void;
};

/**
 * Follows a mirror until the signal is given: looks again and again, less often while nothing comes or the mirror
 * does not answer. Throws what the database throws.
 */
export async function followMirror(database: Database, options: FollowOptions): Promise<void> {
  const { signal, onSynced, onNotice, interval = { least: 1000, most: 30_000 } } = options;
  let wait = interval.least;
  let fromStart = options.fromStart ?? false;
  while (!signal.aborted) {
    let hasNews = false;
    try {
      const summary = await syncMirror(database, { ...options, fromStart });
      fromStart = false;
      hasNews = summary.documents > 0;
      onSynced?.(summary);
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      onNotice?.(error.message);
    }
    wait = hasNews ? interval.least : Math.min(interval.most, wait * 2);
    // Half of it by chance: followers of one mirror do not come all at once.
    await sleep(wait / 2 + (Math.random() * wait) / 2, undefined, { signal }).catch(() => {});
  }
}
