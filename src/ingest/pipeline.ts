import { ingestBatches } from "../runtime/index.ts";
import { type Database, inWriteTransaction } from "../store/index.ts";
import { applyPlan, takeWriteLock } from "./apply-plan.ts";
import {
  type Batch,
  eventsToCompare,
  gatherBatch,
  parseBatch,
  statedEvents,
  verifiedEvents,
  verifyBatch,
  writeNewPapers,
} from "./batch.ts";
import { isolateFaults, rejectUnstorable, retryConflicts } from "./faults.ts";
import { planBatch, runPlanning } from "./plan/index.ts";
import { affectsQuarantine, releaseAccepted, writeQuarantine } from "./quarantine.ts";
import { type DocumentResult, resultOf } from "./results.ts";
import { lookupsIn, mergeCacheOf, readStored } from "./stored/index.ts";
import type { AdmissionPolicy, SourceDocument, VerifiedDocument } from "./verify.ts";

/**
 * Verifies, merges and stores documents from files, submissions and mirrors: all in one transaction, which is committed
 * before the results are returned. A document that is rejected or cannot be stored goes to quarantine with the reason
 * and does not stop the others. Throws database faults; then nothing is stored.
 *
 * @returns the results in the order of the documents.
 */
export function ingestBatch(
  database: Database,
  documents: readonly SourceDocument[],
  policy: AdmissionPolicy,
): Promise<DocumentResult[]> {
  return ingestBatches.run({ documents: documents.length }, () =>
    isolateFaults(
      documents,
      (some) => retryConflicts(() => ingestTogether(database, some, policy)),
      async (document, error) => {
        const { rejection, result } = rejectUnstorable(document, policy, error);
        await storeBatch(database, { papers: [], documents: [rejection] });
        return result;
      },
    ),
  );
}

async function ingestTogether(
  database: Database,
  documents: readonly SourceDocument[],
  policy: AdmissionPolicy,
): Promise<DocumentResult[]> {
  const parsed = await parseBatch(documents, policy);
  const stored = await readStored(database.pool, statedEvents(parsed));
  const batch = await verifyBatch(parsed, stored, policy);
  const merged = await storeBatch(database, batch);
  return batch.documents.map((document) => resultOf(document, merged));
}

/** Stores verified documents as `ingestBatch` does. Returns the papers to which they add something. */
export function ingestVerified(
  database: Database,
  documents: readonly VerifiedDocument[],
  options: StoreOptions = {},
): Promise<ReadonlySet<bigint>> {
  return retryConflicts(async () => {
    const batch = await gatherBatch(documents, await readStored(database.pool, verifiedEvents(documents)));
    return storeBatch(database, batch, options);
  });
}

type StoreOptions = {
  /** The caller holds the write lock in another session. */
  readonly isLockHeld?: boolean;
};

/**
 * Stores everything that follows from a batch in one transaction. Returns the papers to which it adds something.
 * Accepted documents leave the quarantine in the same transaction.
 */
async function storeBatch(
  { pool }: Database,
  { papers, documents }: Batch,
  { isLockHeld = false }: StoreOptions = {},
): Promise<ReadonlySet<bigint>> {
  if (papers.length === 0 && !(await affectsQuarantine(pool, documents))) return new Set();
  const cache = mergeCacheOf(pool);
  return inWriteTransaction(pool, async (writer) => {
    await writeNewPapers(writer, papers);
    const layout = await takeWriteLock(pool, writer, isLockHeld);
    const now = new Date().toISOString();
    const stored = await readStored(writer, eventsToCompare(papers));
    const planning = planBatch(papers, stored, {
      now,
      areNewPapersWritten: true,
      areCitationsCopied: layout.keepsCopies,
    });
    const plan = await runPlanning(planning, lookupsIn(writer, cache));
    await applyPlan(writer, plan, { now, layout });
    for (const [log, merge] of plan.merges) cache.put(log, merge);
    await writeQuarantine(writer, documents, now);
    await releaseAccepted(writer, documents);
    return plan.merged;
  });
}
