import { ingestBatches } from "../runtime/channels.ts";
import { retry } from "../runtime/retry.ts";
import { type Database, paperIdOf } from "../store/index.ts";
import { isConflict, isConstraintViolation } from "../store/server-fault.ts";
import { inWriteTransaction } from "../store/transaction.ts";
import { applyPlan, takeWriteLock } from "./apply/apply-plan.ts";
import { concernsQuarantine, releaseAccepted, writeQuarantine } from "./apply/quarantine.ts";
import { type Batch, gatherBatch, parseBatch, verifyBatch } from "./batch.ts";
import { isolateFaults } from "./document-faults.ts";
import { isStoredMeanwhile, writeNewPapers } from "./optimistic.ts";
import { planBatch } from "./plan/plan.ts";
import { answerQuestions } from "./plan/planning.ts";
import { type DocumentResult, resultOf } from "./results.ts";
import type { Delivered } from "./sources/files.ts";
import { answersFrom } from "./stored/answers.ts";
import { readStored } from "./stored/stored-papers.ts";
import {
  type AdmissionPolicy,
  type Rejection,
  receive,
  rejectionOf,
  type VerifiedDocument,
} from "./verify.ts";

/**
 * Verifies, merges and stores documents, from files, submissions and mirrors alike: all of them in one transaction, and
 * what is returned is committed. A document that is rejected, or that cannot be stored, is in quarantine with its reason
 * and does not stop the others. A fault of the database is thrown, and nothing is stored.
 *
 * @returns the results in the order of the documents.
 */
export function ingestBatch(
  database: Database,
  documents: readonly Delivered[],
  policy: AdmissionPolicy,
): Promise<DocumentResult[]> {
  return ingestBatches.run({ documents: documents.length }, () =>
    isolateFaults(
      documents,
      (some) => retryConflicts(() => ingestTogether(database, some, policy)),
      (document, error) => quarantineUnstorable(database, document, policy, error),
    ),
  );
}

async function ingestTogether(
  database: Database,
  documents: readonly Delivered[],
  policy: AdmissionPolicy,
): Promise<DocumentResult[]> {
  const parsed = await parseBatch(documents, policy);
  const stored = await readStored(database.pool, parsed.papers.keys());
  const batch = await verifyBatch(parsed, stored, policy);
  const merged = await storeBatch(database, batch);
  return batch.documents.map((document) => resultOf(document, merged));
}

/** Stores documents that are verified already, as `ingestBatch` does. Returns the papers to which they add something. */
export function ingestVerified(
  database: Database,
  documents: readonly VerifiedDocument[],
  options: StoreOptions = {},
): Promise<ReadonlySet<bigint>> {
  return retryConflicts(async () => {
    const papers = new Set(documents.map(({ header }) => paperIdOf(header.pithNumber)));
    const batch = await gatherBatch(documents, await readStored(database.pool, papers));
    return storeBatch(database, batch, options);
  });
}

type StoreOptions = {
  /** The caller holds the write lock in a session of its own. */
  readonly isLockHeld?: boolean;
};

/**
 * Stores all that follows from a batch in one transaction, or nothing. Returns the papers to which it adds something.
 * What of its documents was in quarantine leaves it in the same transaction.
 */
async function storeBatch(
  { pool }: Database,
  { papers, documents }: Batch,
  { isLockHeld = false }: StoreOptions = {},
): Promise<ReadonlySet<bigint>> {
  if (papers.length === 0 && !(await concernsQuarantine(pool, documents))) return new Set();
  return inWriteTransaction(pool, async (writer) => {
    await writeNewPapers(writer, papers);
    const layout = await takeWriteLock(pool, writer, isLockHeld);
    const now = new Date().toISOString();
    const known = papers.filter(({ merged }) => merged === null).map(({ paperId }) => paperId);
    const stored = await readStored(writer, known);
    const planning = planBatch(papers, stored, { now, areNewPapersWritten: true });
    const plan = await answerQuestions(planning, answersFrom(writer));
    await applyPlan(writer, plan, { now, layout });
    await writeQuarantine(writer, documents, now);
    await releaseAccepted(writer, documents);
    return plan.merged;
  });
}

/**
 * Again from the beginning where PostgreSQL gave a transaction up for a deadlock, or could not put it in order with
 * others (40P01, 40001), or refused a row for a constraint (class 23). Nothing of it was stored, and the next attempt
 * reads again what is. Where another writer brought a new paper first, the next attempt is another batch.
 */
function retryConflicts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const attemptWithOthers = () =>
    retry(attempt, { attempts: 20, firstDelay: 1, maxDelay: 1, isRetryable: isStoredMeanwhile });
  return retry(attemptWithOthers, {
    attempts: 5,
    firstDelay: 50,
    maxDelay: 1_000,
    isRetryable: (error) => isConflict(error) || isConstraintViolation(error),
  });
}

/** Puts a document into quarantine that is valid, but that the database cannot store. */
async function quarantineUnstorable(
  database: Database,
  document: Delivered,
  policy: AdmissionPolicy,
  error: Error,
): Promise<DocumentResult> {
  const received = "bytes" in document ? receive(document, policy) : undefined;
  if (received === undefined || "code" in received) throw error;
  const rejection: Rejection = rejectionOf(received.header, policy, {
    code: "NOT_STORABLE",
    message: `The document is valid, but cannot be stored: ${error.message}`,
  });
  await storeBatch(database, { papers: [], documents: [rejection] });
  const { pithNumber, refused } = received.header;
  return resultOf({ ...rejection, pithNumber, refused }, new Set());
}
