import { setTimeout as sleep } from "node:timers/promises";
import { errorText } from "../../runtime/error-text.ts";
import type { Database } from "../../store/index.ts";
import { isConflict, serverFaultOf } from "../../store/server-fault.ts";
import { FetchError, MirrorError } from "./fetch-error.ts";
import { readFeedPage } from "./remote-feed.ts";
import { syncMirror } from "./sync.ts";
import type { SyncOptions, SyncSummary } from "./sync-options.ts";

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
 * cannot, or does not answer, is looked at again and again, less often while nothing comes. So is a database that is
 * away: what was fetched and not committed is fetched again, from the cursor on, also where all of it was begun anew.
 * Throws what the database says of statements.
 */
export async function followMirror(database: Database, options: FollowOptions): Promise<void> {
  const { signal, onSynced, onNotice, interval = { least: 1000, most: 30_000 } } = options;
  let wait = interval.least;
  let fromStart = options.fromStart ?? false;
  const onBatch = (summary: SyncSummary) => {
    // Its cursor is stored: whatever comes between now, it is gone on from there.
    if (summary.position > 0n) fromStart = false;
    options.onBatch?.(summary);
  };
  let wasTold = false;
  let isFirst = true;
  /** How often in succession the database was away. */
  let failures = 0;
  while (!signal.aborted) {
    let hasNews = false;
    let position: bigint | null = null;
    /** Milliseconds, as the mirror wishes. */
    let wish = 0;
    try {
      const retryOutstanding = isFirst ? "all" : "due";
      const summary = await syncMirror(database, { ...options, fromStart, retryOutstanding, onBatch });
      isFirst = false;
      fromStart = false;
      if (failures > 0)
        onNotice?.(`The database answers again: at position ${summary.position} of the mirror's feed.`);
      failures = 0;
      hasNews = summary.documents > 0;
      position = summary.position;
      onSynced?.(summary);
    } catch (error) {
      if (!(error instanceof MirrorError)) {
        const fault = serverFaultOf(error) ?? (isConflict(error) ? (error as Error) : null);
        if (fault === null) throw error;
        const pause = spread(Math.min(interval.most, interval.least * 2 ** failures));
        failures++;
        onNotice?.(`The database is away (${errorText(fault)}). It is tried again in ${seconds(pause)} s.`);
        await sleep(pause, undefined, { signal }).catch(() => {});
        continue;
      }
      onNotice?.(error.message);
      wish = Math.min(error.retryAfter ?? 0, maxWish);
    }
    wait = hasNews ? interval.least : Math.min(interval.most, wait * 2);
    // One that told of news and had none is not believed again before a pause.
    const isBelieved: boolean = position !== null && (hasNews || !wasTold);
    wasTold = isBelieved && (await tells(options, position ?? 0n));
    if (wasTold) continue;
    await sleep(Math.max(wish, spread(wait)), undefined, { signal }).catch(() => {});
  }
}

/** Milliseconds: the most that a Retry-After of a mirror which cannot be followed counts. */
const maxWish = 86_400_000;

/** Half of it by chance: followers of one mirror, or users of one database, do not come all at once. */
function spread(milliseconds: number): number {
  return milliseconds / 2 + (Math.random() * milliseconds) / 2;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

/** Waits for as long as the mirror is willing to tell; false where it is not. */
async function tells(options: FollowOptions, position: bigint): Promise<boolean> {
  for (;;) {
    const hasChanged = await awaitChange(options, position, options.signal);
    if (hasChanged !== false) return hasChanged ?? false;
  }
}

/** Seconds that a mirror is asked to wait for a change before it answers. */
const askedWait = 25;
const largestAnswer = 100_000;

/**
 * Asks a mirror to answer as soon as its feed goes beyond a position.
 *
 * @returns whether it does; null where the mirror knows no waiting, has no room for one who waits, or does not
 * answer: then it must be looked at again after a while.
 */
async function awaitChange(
  { baseUrl, fetcher }: Pick<SyncOptions, "baseUrl" | "fetcher">,
  position: bigint,
  signal: AbortSignal,
): Promise<boolean | null> {
  const url = new URL(`${baseUrl}/feed?after=${position}&limit=1&wait=${askedWait}`);
  const began = performance.now();
  try {
    const options = { maximumBytes: largestAnswer, signal, askedWait: askedWait * 1000 };
    const page = readFeedPage(await fetcher.fetch(url, options), position);
    if (page.head.position !== position) return true;
  } catch (error) {
    // The sync that follows says what is wrong.
    if (signal.aborted || error instanceof FetchError || error instanceof MirrorError) return null;
    throw error;
  }
  const hasWaited = performance.now() - began >= askedWait * 500;
  return hasWaited ? false : null;
}
