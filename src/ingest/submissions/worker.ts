import type { Database } from "../../store/index.ts";
import { listen } from "../../store/listen.ts";
import { Bell } from "./bell.ts";
import { queuedChannel } from "./channels.ts";
import { faultOf } from "./faults.ts";
import { pruneFinished } from "./prune.ts";
import { OwedFaults, type WorkOptions, workBatch } from "./work-batch.ts";

export type WorkerOptions = WorkOptions & {
  /** Ends the worker in order: the batch under way is finished. */
  readonly signal: AbortSignal;
  /** Told each time that it listens for new submissions. */
  readonly onListening?: () => void;
};

/** Milliseconds: notices may be lost with a connection, so the queue is looked at now and then. */
const longestWait = 5_000;
const longestPause = 30_000;
const pruneEvery = 3_600_000;

/**
 * Works on submissions until the signal: woken by the commit of new ones, and when one is due again. Any number of
 * workers, in any number of processes, may run on one database. It takes three of the pool's connections.
 */
export async function runWorker(database: Database, options: WorkerOptions): Promise<void> {
  const { signal, onFault, onListening } = options;
  const bell = new Bell();
  const stop = () => bell.ring();
  signal.addEventListener("abort", stop);
  const listening = listen(database.pool, {
    channel: queuedChannel,
    onNotice: () => bell.ring(),
    onListening: () => {
      bell.ring();
      onListening?.();
    },
  });
  const owed = new OwedFaults();
  let failures = 0;
  let pruneAt = 0;
  try {
    while (!signal.aborted) {
      bell.clear();
      try {
        const count = await workBatch(database, options, owed);
        failures = 0;
        if (count > 0) continue;
        if (performance.now() >= pruneAt) {
          await pruneFinished(database.pool);
          pruneAt = performance.now() + pruneEvery;
        }
        await bell.wait(await untilNextDue(database));
      } catch (error) {
        onFault?.(faultOf(error));
        await bell.wait(Math.min(longestPause, 100 * 2 ** failures) * (0.75 + Math.random() / 2));
        failures++;
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await listening.close();
  }
}

/** Finishes what is due now; for who needs the queue empty, not a worker that goes on. */
export async function workOff(database: Database, options: WorkOptions): Promise<void> {
  while ((await workBatch(database, options)) > 0);
}

/** Milliseconds until the next queued submission is due, within limits; one that is due is another worker's. */
async function untilNextDue({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ wait: number | null }>(
    `SELECT extract(epoch FROM min(not_before) - now())::float8 * 1000 AS wait
     FROM submissions WHERE status = 'queued'`,
  );
  const wait = rows[0]?.wait ?? longestWait;
  return wait <= 0 ? 500 : Math.min(longestWait, wait + 1);
}
