import pg from "pg";
import type { PithNumber } from "../protocol/index.ts";
import type { Transaction } from "../store/transaction.ts";
import { applyRows } from "./apply/apply-plan.ts";
import { additionOf, emptyLog, type IncomingPaper, mergePaper, storedOf } from "./plan/merge-paper.ts";
import { planNewPapers } from "./plan/plan.ts";
import { answerQuestions } from "./plan/planning.ts";
import type { StoredPapers } from "./plan/questions.ts";
import { answersFrom } from "./stored/answers.ts";
import type { DocumentContents } from "./verify.ts";

/*
 * The optimistic strategy: what can be done without the write lock is done before it, so that several writers do it side
 * by side. It rests on what was stored a moment ago, and that may have changed:
 *
 * - A document that adds nothing then adds nothing later: a log only grows. It is left out.
 * - A paper of which nothing was stored is merged and projected as its documents come, and what depends on them alone is
 *   written before the lock. Another writer may bring it at the same time. The key of `records` makes the second wait
 *   for the first to end, and fail where that has committed: `isStoredMeanwhile`. Then the batch begins again, and finds
 *   the paper stored. Records come first, and in the order of their keys, so no two writers wait for each other.
 * - Everything else is compared, merged and planned under the lock.
 */

/** What can be done with a paper before the lock; nothing is left of it where its documents add nothing. */
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
  const merged = mergePaper(paperId, pithNumber, addition, stored, emptyLog);
  return [{ paperId, pithNumber, documents: [], merged }];
}

/**
 * Writes, of papers of which nothing is stored, what depends on their own documents alone: records, papers, claims, the
 * keys that find them, and the indexes of their words. Until the commit nobody else sees it.
 */
export async function writeNewPapers(writer: Transaction, papers: readonly IncomingPaper[]): Promise<void> {
  const merged = papers.flatMap((paper) => paper.merged ?? []);
  if (merged.length === 0) return;
  await applyRows(writer, await answerQuestions(planNewPapers(merged), answersFrom(writer)));
}

/** SQLSTATE of a key that is there already. */
const uniqueViolation = "23505";

/** Whether a batch failed since another writer has brought one of its papers meanwhile. */
export function isStoredMeanwhile(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === uniqueViolation && error.table === "records";
}
