import type pg from "pg";
import { connectUntil, endingSignal, raceAbort, type Sender } from "./cancellation.ts";
import { mayAnswerElsewhere } from "./replicas/index.ts";

/**
 * Runs several statements in one snapshot: all see the same rows, whatever is committed concurrently. Ends with the
 * signal of `untilAborted`. If the tables are distributed, each server has a snapshot of its own.
 *
 * If a replica fails, its snapshot is lost. Everything is then read once more, statement by statement: the pool sends
 * the statements to another server.
 */
export async function inSnapshot<Result>(
  pool: pg.Pool,
  read: (sender: Sender) => Promise<Result>,
): Promise<Result> {
  try {
    return await readInSnapshot(pool, read);
  } catch (error) {
    if (endingSignal()?.aborted || !mayAnswerElsewhere(error)) throw error;
    return read(pool);
  }
}

async function readInSnapshot<Result>(
  pool: pg.Pool,
  read: (sender: Sender) => Promise<Result>,
): Promise<Result> {
  const signal = endingSignal();
  const client = await (signal === undefined ? pool.connect() : connectUntil(pool, signal));
  let isHeld = true;
  // A connection in the middle of a transaction cannot be reused.
  const release = (isLost: boolean) => {
    if (isHeld) client.release(isLost);
    isHeld = false;
  };
  const work = async () => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const result = await read(client);
    await client.query("COMMIT");
    return result;
  };
  try {
    const result = await (signal === undefined ? work() : raceAbort(work(), signal, () => release(true)));
    release(false);
    return result;
  } catch (error) {
    release(true);
    throw error;
  }
}
