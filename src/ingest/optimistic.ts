import pg from "pg";
import type { PithNumber } from "../protocol/index.ts";
import type { Transaction } from "../store/index.ts";
import { applyRows } from "./apply/index.ts";
import {
  additionOf,
  answerQuestions,
  emptyLog,
  type IncomingPaper,
  mergePaper,
  planNewPapers,
  type StoredPapers,
  storedOf,
} from "./plan/index.ts";
import { answersFrom } from "./stored/index.ts";
import type { DocumentContents } from "./verify.ts";

/**
 * The optimistic strategy: everything that does not need the write lock is done before taking it, so that several
 * writers can do it in parallel. It relies on data read before the lock, which may have changed:
 *
 * - A document that adds nothing then adds nothing later, since a log only grows. It is dropped.
 * - A paper of which nothing was stored is merged and projected at once, and rows that depend on its documents alone
 *   are written before the lock. Another writer may store the same paper concurrently. The key of `records` makes the
 *   second writer wait for the first, and fail if the first commits: `isStoredMeanwhile`. Then the batch starts again
 *   and finds the paper stored. Records are written first, sorted by key, so no two writers wait for each other.
 * - Everything else is compared, merged and planned under the lock.
 */

/** Does for a paper what is possible before the lock; returns nothing if its documents add nothing. */
export function prepareOptimistically(
  paperId: bigint,
  pithNumber: PithNumber,
  documents: readonly DocumentContents[],
  storedPapers: StoredPapers,
): IncomingPaper[] {
  const stored = storedOf(storedPapers, paperId, pithNumber);
  const addition = additionOf(documents, stored);
  if (addition === null) return [];
  if (stored.pithNumber !== null) return [{ paperId, pithNumber, documents, merged: null }];
  const merged = mergePaper(paperId, pithNumber, addition, stored, emptyLog(pithNumber));
  return [{ paperId, pithNumber, documents: [], merged }];
}

/**
 * Writes rows of new papers that depend on their own documents alone: records, papers, claims, lookup keys, and entries
 * of the word indexes. No other session sees them before the commit.
 */
export async function writeNewPapers(writer: Transaction, papers: readonly IncomingPaper[]): Promise<void> {
  const merged = papers.flatMap((paper) => paper.merged ?? []);
  if (merged.length === 0) return;
  await applyRows(writer, await answerQuestions(planNewPapers(merged), answersFrom(writer)));
}

/** SQLSTATE of a duplicate key. */
const uniqueViolation = "23505";

/** Whether a batch failed because another writer has stored one of its papers in the meantime. */
export function isStoredMeanwhile(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.table === "records";
}
