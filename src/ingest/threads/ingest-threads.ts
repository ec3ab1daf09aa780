import { keyringEntries } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import type { DocumentResult } from "../results.ts";
import type { Delivered } from "../sources/index.ts";
import type { AdmissionPolicy } from "../verify.ts";
import { batchesAtOnce, type ThreadData } from "./messages.ts";
import { StartedThread } from "./started-thread.ts";

/** Ingests batches in parallel. */
export type IngestThreads = {
  /** The maximum number of batches in progress; further calls wait. */
  readonly batchesAtOnce: number;
  /**
   * Waits for a thread with free capacity. Rejects with the database's error, or with the thread's error if it died. A
   * new thread replaces a dead one.
   */
  ingestBatch(batch: readonly Delivered[]): Promise<readonly DocumentResult[]>;
  /** Ends the threads once all submitted batches are done. */
  close(): Promise<void>;
};

type ThreadOptions = {
  /** A thread that the caller has already started. */
  readonly first?: StartedThread;
  readonly watcher?: ThreadData["watcher"];
};

/**
 * Threads that verify and write in parallel, each with its own connections; at most `stampLimit` of them. They are started on
 * demand, so a small ingest starts only one.
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

  /** The least loaded thread; a new one in preference to a busy one. Undefined if all are full. */
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
