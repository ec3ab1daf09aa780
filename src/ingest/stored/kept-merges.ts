import { LRUCache } from "lru-cache";
import type pg from "pg";
import type { PaperMerge } from "../../protocol/index.ts";
import type { LogKey } from "../plan/questions.ts";

/** Bytes of memory of the merges that are kept together, and of one of them. */
const maxBytes = 64 * 1024 * 1024;
const maxEntryBytes = maxBytes / 2;
/** Papers of fewer events are read and merged in a few milliseconds. */
const minEvents = 200;

/**
 * The merges of the papers with many events that were written to last, so that the next event does not need the others
 * read and merged again. At most 64 MiB for each pool of connections; a merge of more than 32 MiB is not kept.
 *
 * A merge is found by the checksum of the log that it is of: it is never one of another log, whoever wrote to the log
 * meanwhile, and whether the transaction was committed in which it was kept. The checksum must be read under the write
 * lock.
 */
export class KeptMerges {
  readonly #merges = new LRUCache<string, PaperMerge>({
    maxSize: maxBytes,
    maxEntrySize: maxEntryBytes,
    sizeCalculation: (merge) => merge.size,
  });

  /** The merge of a log, which is then the caller's to add to: it is kept no longer. */
  take(log: LogKey): PaperMerge | undefined {
    const key = keyOf(log);
    const merge = this.#merges.get(key);
    this.#merges.delete(key);
    return merge;
  }

  /** Keeps the merge of a log; nobody may add to it from now on. */
  keep(log: LogKey, merge: PaperMerge): void {
    if (merge.eventCount >= minEvents) this.#merges.set(keyOf(log), merge);
  }
}

function keyOf({ pithNumber, logChecksum }: LogKey): string {
  return `${pithNumber} ${logChecksum}`;
}

const ofPools = new WeakMap<pg.Pool, KeptMerges>();

/** The merges that are kept for the database of a pool. */
export function keptMergesOf(pool: pg.Pool): KeptMerges {
  const known = ofPools.get(pool);
  if (known !== undefined) return known;
  const merges = new KeptMerges();
  ofPools.set(pool, merges);
  return merges;
}
