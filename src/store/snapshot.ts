import type pg from "pg";
import type { Sender } from "./cancellation.ts";
import { connectUntil, endingSignal, raceAbort } from "./cancellation.ts";
import { mayAnswerElsewhere } from "./replicas/read-server.ts";

/**
 * Reads by several statements what one would read at once: all of them see the same rows, whatever is committed
 * meanwhile. Ends with the signal of `untilAborted`. Where the tables are distributed, each server has a snapshot of its
 * own.
 *
 * A replica that fails takes its snapshot with it. Then everything is read once more, statement by statement: the pool
 * knows who answers in its place.
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
  // A connection in the middle of a transaction is of no use to others.
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
