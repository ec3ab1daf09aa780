import { setTimeout as sleep } from "node:timers/promises";
import { isConflict, isConstraintViolation } from "../../store/server-fault.ts";
import { type Outcome, writeBatch } from "./batch.ts";

const mostAttempts = 5;
/** Milliseconds: the most before the second attempt; doubles with each. */
const baseDelay = 50;

/**
 * `writeBatch`, again from its beginning where PostgreSQL gave its transaction up for a deadlock, or could not put it in
 * order with others (40P01, 40001), or refused a row for a constraint (class 23), as where a paper came and went meanwhile.
 * Nothing of it was written, and the next attempt reads afresh what the tables hold. Throws what the last attempt met.
 */
export async function writeRetriedBatch(...batch: Parameters<typeof writeBatch>): Promise<Outcome[]> {
  for (let nth = 1; ; nth++) {
    try {
      return await writeBatch(...batch);
    } catch (error) {
      const isRetried = isConflict(error) || isConstraintViolation(error);
      if (!isRetried || nth >= mostAttempts) throw error;
      // By chance, so that two which were in each other's way do not meet again.
      await sleep(Math.random() * baseDelay * 2 ** (nth - 1));
    }
  }
}
