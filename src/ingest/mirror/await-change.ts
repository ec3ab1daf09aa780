import { FetchError, MirrorError } from "./fetch-error.ts";
import { readFeedPage } from "./remote-feed.ts";
import type { SyncOptions } from "./sync-options.ts";

/** Seconds that a mirror is asked to wait for a change before it answers. */
const askedWait = 25;
const largestAnswer = 100_000;

/**
 * Asks a mirror to answer as soon as its feed goes beyond a position.
 *
 * @returns whether it does; null where the mirror knows no waiting, has no room for one who waits, or does not
 * answer: then it must be looked at again after a while.
 */
export async function awaitChange(
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
