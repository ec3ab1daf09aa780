import { LRUCache } from "lru-cache";
import type pg from "pg";
import type { PaperMerge } from "../../protocol/index.ts";
import type { LogKey } from "../plan/index.ts";

/** The maximum memory of all cached merges together, in bytes. */
const maxBytes = 64 * 1024 * 1024;
const maxEntryBytes = maxBytes / 2;
/** Papers with fewer events are read and merged in a few milliseconds. */
const minEvents = 200;

/**
 * Caches the merges of recently written papers with many events, so that their next event does not require reading and
 * merging the others again. At most 64 MiB per connection pool; a merge over 32 MiB is not cached.
 *
 * A merge is found by the checksum of its log, so it never belongs to another log, whoever has written to the log since
 * then and whether or not the transaction that cached it was committed. The checksum must be read under the write lock.
 */
export class KeptMerges {
  readonly #merges = new LRUCache<string, PaperMerge>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: (merge) => merge.size,
  });

  /** Removes the merge of a log from the cache and returns it; the caller may add to it. */
  take(log: LogKey): PaperMerge | undefined {
    const key = keyOf(log);
    const merge = this.#merges.get(key);
    this.#merges.delete(key);
    return merge;
  }

  /** Caches the merge of a log; the caller must not add to it any more. */
  keep(log: LogKey, merge: PaperMerge): void {
    if (merge.eventCount >= minEvents) this.#merges.set(keyOf(log), merge);
  }
}

function keyOf({ pithNumber, logChecksum }: LogKey): string {
  return `${pithNumber} ${logChecksum}`;
}

const ofPools = new WeakMap<pg.Pool, KeptMerges>();

/** The cached merges for the database of a pool. */
export function keptMergesOf(pool: pg.Pool): KeptMerges {
  const known = ofPools.get(pool);
  if (known !== undefined) return known;
  const merges = new KeptMerges();
  ofPools.set(pool, merges);
  return merges;
}
