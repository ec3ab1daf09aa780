import { setTimeout as sleep } from "node:timers/promises";
import { backoffDelay, errorText } from "../runtime/index.ts";
import { type Database, findServerFault, isConflict } from "../store/index.ts";
import { FetchError, MirrorError } from "./fetch-error.ts";
import { maxRetryAfter } from "./outstanding.ts";
import { readFeedPage } from "./remote-mirror.ts";
import { syncMirror } from "./sync.ts";
import type { SyncOptions, SyncSummary } from "./sync-options.ts";

export type FollowMirrorOptions = SyncOptions & {
  readonly signal: AbortSignal;
  /**
   * Milliseconds between two polls if the mirror does not support waiting: `min` while changes arrive, up to `max`.
   */
  readonly interval?: { readonly min: number; readonly max: number };
  /** Called each time the end of the feed is reached. */
  readonly onSynced?: (summary: SyncSummary) => void;
};

/**
 * Follows a mirror until the signal is aborted. If the mirror supports it, requests wait on the server for a change;
 * else, and when it does not answer, it is polled, less often while nothing changes. If the database is unreachable,
 * the sync is retried: documents fetched but not committed are fetched again from the cursor on, even after a start
 * from the beginning. Throws the database's errors about statements.
 */
export async function followMirror(database: Database, options: FollowMirrorOptions): Promise<void> {
  const { signal, onSynced, onNotice, interval = { min: 1000, max: 30_000 } } = options;
  const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => {});
  let wait = interval.min;
  let fromStart = options.fromStart ?? false;
  const onBatch = (summary: SyncSummary) => {
    // The cursor is stored, so a failure from here on resumes at it.
    if (summary.position > 0n) fromStart = false;
    options.onBatch?.(summary);
  };
  let wasAnnounced = false;
  let isFirst = true;
  /** Consecutive failures of the database. */
  let failures = 0;
  while (!signal.aborted) {
    let hasNews = false;
    let position: bigint | null = null;
    let retryAfter = 0;
    try {
      const retryOutstanding = isFirst ? "all" : "due";
      const summary = await syncMirror(database, { ...options, fromStart, retryOutstanding, onBatch });
      isFirst = false;
      fromStart = false;
      if (failures > 0)
        onNotice?.(`The database is available again; at position ${summary.position} of the mirror's feed.`);
      failures = 0;
      hasNews = summary.documents > 0;
      position = summary.position;
      onSynced?.(summary);
    } catch (error) {
      if (!(error instanceof MirrorError)) {
        const fault = findServerFault(error) ?? (isConflict(error) ? (error as Error) : null);
        if (fault === null) throw error;
        failures++;
        const delay = backoffDelay(failures, { firstDelay: interval.min, maxDelay: interval.max });
        onNotice?.(`The database is unavailable (${errorText(fault)}). Retrying in ${seconds(delay)} s.`);
        await pause(delay);
        continue;
      }
      onNotice?.(error.message);
      retryAfter = Math.min(error.retryAfter ?? 0, maxRetryAfter);
    }
    wait = hasNews ? interval.min : Math.min(interval.max, wait * 2);
    // If the mirror announced a change and had none, pause before waiting on it again.
    const isTrusted: boolean = position !== null && (hasNews || !wasAnnounced);
    wasAnnounced = isTrusted && (await waitForChange(options, position ?? 0n));
    if (!wasAnnounced)
      await pause(Math.max(retryAfter, backoffDelay(1, { firstDelay: wait, maxDelay: interval.max })));
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

/** Waits for a change as long as the mirror supports waiting; returns false if it does not. */
async function waitForChange(options: FollowMirrorOptions, position: bigint): Promise<boolean> {
  for (;;) {
    const hasChanged = await requestChange(options, position, options.signal);
    if (hasChanged !== false) return hasChanged ?? false;
  }
}

/** Seconds that a mirror is requested to wait for a change before it responds. */
const requestedWait = 25;
const maxAnswerBytes = 100_000;

/**
 * Requests a response as soon as the mirror's feed goes beyond a position.
 *
 * @returns whether it does; null if the mirror does not support waiting, has no capacity for it, or does not answer.
 * Then it must be polled after a pause.
 */
async function requestChange(
  { baseUrl, fetcher }: Pick<SyncOptions, "baseUrl" | "fetcher">,
  position: bigint,
  signal: AbortSignal,
): Promise<boolean | null> {
  const url = new URL(`${baseUrl}/feed?after=${position}&limit=1&wait=${requestedWait}`);
  const began = performance.now();
  try {
    const options = { maximumBytes: maxAnswerBytes, signal, requestedWait: requestedWait * 1000 };
    const page = readFeedPage(await fetcher.fetch(url, options), position);
    if (page.head.position !== position) return true;
  } catch (error) {
    // The next sync reports the error.
    if (signal.aborted || error instanceof FetchError || error instanceof MirrorError) return null;
    throw error;
  }
  const hasWaited = performance.now() - began >= requestedWait * 500;
  return hasWaited ? false : null;
}
