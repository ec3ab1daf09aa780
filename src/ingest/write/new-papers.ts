import pg from "pg";
import type { Transaction } from "../../store/transaction.ts";
import { nothingHeld } from "./held.ts";
import { type LogWrite, writeRecords } from "./log.ts";
import { changeOf, type PaperChange } from "./paper-change.ts";
import { writePapers } from "./papers.ts";
import type { Pending } from "./pending.ts";
import { WriteSession } from "./session.ts";

/**
 * Writes, of papers of which nothing is held, what depends on their own documents alone: records, papers, claims, the
 * keys that find them, and the indexes of their words. It needs no lock, so several writers do it side by side; until
 * the commit nobody else sees it.
 *
 * Another writer may be at the same paper. The key of `records` makes the second wait for the first to end, and fail
 * where that has committed: `isHeldMeanwhile`. It comes first, and in the order of the keys, so no two writers wait
 * for each other.
 *
 * @returns the papers that were written, by their ids: nobody else can add them before the transaction ends.
 */
export async function writeNewPapers(
  writer: Transaction,
  pending: Pending,
): Promise<ReadonlyMap<bigint, LogWrite>> {
  const added = new Map<bigint, LogWrite>();
  const changes: PaperChange[] = [];
  for (const [paperId, { pithNumber, prepared }] of pending) {
    if (prepared === null) continue;
    const { addition, state, target } = prepared;
    added.set(paperId, { paperId, pithNumber, held: nothingHeld, addition, state });
    changes.push(changeOf(target, null, false));
  }
  if (added.size === 0) return added;
  // Only new rows: these are written alike, however the tables lie.
  const session = new WriteSession(writer, null, false);
  writeRecords(session, added.values());
  await writePapers(session, changes);
  await session.flush();
  return added;
}

/** SQLSTATE of a key that is there already. */
const uniqueViolation = "23505";

/** Whether a batch could not be written since somebody else has brought one of its papers meanwhile. */
export function isHeldMeanwhile(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.table === "records";
}
