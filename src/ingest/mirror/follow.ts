import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../store/index.ts";
import { awaitChange } from "./await-change.ts";
import { MirrorError } from "./fetch-error.ts";
import { type SyncOptions, type SyncSummary, syncMirror } from "./sync.ts";

export type FollowOptions = SyncOptions & {
  readonly signal: AbortSignal;
  /**
   * Milliseconds from one look to the next, where the mirror does not tell by itself when there is something: at least
   * while something comes, and at most.
   */
  readonly interval?: { readonly least: number; readonly most: number };
  /** Called whenever the end of the feed was reached. */
  readonly onSynced?: (summary: SyncSummary) => void;
};

/**
 * Follows a mirror until the signal is given. A mirror that can is asked to answer when something changes; one that
 * cannot, or does not answer, is looked at again and again, less often while nothing comes. Throws what the database
 * throws.
 */
export async function followMirror(database: Database, options: FollowOptions): Promise<void> {
  const { signal, onSynced, onNotice, interval = { least: 1000, most: 30_000 } } = options;
  let wait = interval.least;
  let fromStart = options.fromStart ?? false;
  let wasTold = false;
  while (!signal.aborted) {
    let hasNews = false;
    let position: bigint | null = null;
    try {
      const summary = await syncMirror(database, { ...options, fromStart });
      fromStart = false;
      hasNews = summary.documents > 0;
      position = summary.position;
      onSynced?.(summary);
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      onNotice?.(error.message);
    }
    wait = hasNews ? interval.least : Math.min(interval.most, wait * 2);
    // One that told of news and had none is not believed again before a pause.
    const isBelieved: boolean = position !== null && (hasNews || !wasTold);
    wasTold = isBelieved && (await tells(options, position ?? 0n));
    if (wasTold) continue;
    // Half of it by chance: followers of one mirror do not come all at once.
    await sleep(wait / 2 + (Math.random() * wait) / 2, undefined, { signal }).catch(() => {});
  }
}

/** Waits for as long as the mirror is willing to tell; false where it is not. */
async function tells(options: FollowOptions, position: bigint): Promise<boolean> {
  for (;;) {
    const hasChanged = await awaitChange(options, position, options.signal);
    if (hasChanged !== false) return hasChanged ?? false;
  }
}
