import { AsyncEvent, backoffDelay } from "../runtime/index.ts";
import { type Database, listen } from "../store/index.ts";
import { faultOf, pruneFinished, queuedChannel } from "./queue.ts";

import { UnrecordedFaults, type WorkOptions, workBatch } from "./work-batch.ts";

export type WorkerOptions = WorkOptions & {
  /** Stops the worker gracefully: the batch in progress is finished. */
  readonly signal: AbortSignal;
  /** Called each time it starts to listen for new submissions. */
  readonly onListening?: () => void;
};

/** Milliseconds: notifications may be lost with a connection, so the queue is also polled. */
const maxWait = 5_000;
/** After database faults; in milliseconds. */
const backoff = { firstDelay: 100, maxDelay: 30_000 };
const pruneInterval = 3_600_000;

/**
 * Processes submissions until the signal is aborted. Wakes when new ones are committed, and when one is due again. Any
 * number of workers, in any number of processes, may share a database. Each uses three of the pool's connections.
 */
export async function runWorker(database: Database, options: WorkerOptions): Promise<void> {
  const { signal, onFault, onListening } = options;
  const hasWork = new AsyncEvent();
  const listening = listen(database.pool, {
    channel: queuedChannel,
    onNotice: () => hasWork.set(),
    onListening: () => {
      hasWork.set();
      onListening?.();
    },
  });
  const unrecorded = new UnrecordedFaults();
  let failures = 0;
  let pruneAt = 0;
  try {
    while (!signal.aborted) {
      hasWork.clear();
      try {
        const count = await workBatch(database, options, unrecorded);
        failures = 0;
        if (count > 0) continue;
        if (performance.now() >= pruneAt) {
          await pruneFinished(database.pool);
          pruneAt = performance.now() + pruneInterval;
        }
        await hasWork.wait({ timeout: await untilNextDue(database), signal });
      } catch (error) {
        onFault?.(faultOf(error));
        failures++;
        await hasWork.wait({ timeout: backoffDelay(failures, backoff), signal });
      }
    }
  } finally {
    await listening.close();
  }
}

/** Processes all submissions that are due, then returns; for callers that need an empty queue. */
export async function drainQueue(database: Database, options: WorkOptions): Promise<void> {
  while ((await workBatch(database, options)) > 0);
}

/** Milliseconds until the next queued submission is due, within limits. One already due belongs to another worker. */
async function untilNextDue({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ wait: number | null }>(
    `SELECT extract(epoch FROM min(not_before) - now())::float8 * 1000 AS wait
     FROM submissions WHERE status = 'queued'`,
  );
  const wait = rows[0]?.wait ?? maxWait;
  return wait <= 0 ? 500 : Math.min(maxWait, wait + 1);
}
