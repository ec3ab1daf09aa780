import { keyringEntries } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import type { DocumentResult } from "../results.ts";
import type { Delivered } from "../sources/files.ts";
import type { AdmissionPolicy } from "../verify.ts";
import { batchesAtOnce, type ThreadData } from "./messages.ts";
import { StartedThread } from "./started-thread.ts";

/** Takes batches in, several at once. */
export type IngestThreads = {
  /** Batches under way at most: more wait for one of them. */
  readonly batchesAtOnce: number;
  /**
   * Waits for a thread that has room; rejects with the database's own error, or with that of the thread where it
   * died. Another takes a dead one's place.
   */
  ingestBatch(batch: readonly Delivered[]): Promise<readonly DocumentResult[]>;
  /** Ends the threads once the batches that were given are done. */
  close(): Promise<void>;
};

type ThreadOptions = {
  /** One that the caller has started already. */
  readonly first?: StartedThread;
  readonly watcher?: ThreadData["watcher"];
};

/**
 * Threads that verify and write side by side, each with its own connections; `most` of them at most. Started as they
 * are needed, so that a small ingest starts one.
 */
export function createIngestThreads(
  database: Database,
  door: AdmissionPolicy,
  most: number,
  { first, watcher = null }: ThreadOptions = {},
): IngestThreads {
  const data: ThreadData = {
    connection: database.connection,
    keyringEntries: keyringEntries(door.keyring),
    minimumProof: door.minimumProof,
    maximumBytes: door.maximumBytes,
    watcher,
  };
  const opened = (thread: StartedThread): StartedThread => {
    thread.open(data);
    return thread;
  };
  let threads = first === undefined ? [] : [opened(first)];
  const queue: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();

  /** The one with the least to do; a new one rather than a busy one. Undefined where all are full. */
  const findRoom = (): StartedThread | undefined => {
    threads = threads.filter(({ isAlive }) => isAlive);
    let best: StartedThread | undefined;
    for (const thread of threads) if (best === undefined || thread.load < best.load) best = thread;
    if (best !== undefined && (best.load === 0 || threads.length >= most)) {
      return best.load < batchesAtOnce ? best : undefined;
    }
    const started = opened(new StartedThread());
    threads.push(started);
    return started;
  };
  const ingestBatch = async (batch: readonly Delivered[]): Promise<readonly DocumentResult[]> => {
    let thread = findRoom();
    while (thread === undefined) {
      await new Promise<void>((resolve) => queue.push(resolve));
      thread = findRoom();
    }
    try {
      return await thread.ingestBatch(batch);
    } finally {
      queue.shift()?.();
    }
  };
  return {
    batchesAtOnce: most * batchesAtOnce,
    ingestBatch(batch) {
      const taking = ingestBatch(batch).finally(() => underWay.delete(taking));
      underWay.add(taking);
      return taking;
    },
    async close() {
      await Promise.allSettled(underWay);
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
