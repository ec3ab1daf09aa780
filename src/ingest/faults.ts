import pg from "pg";
import { retry } from "../runtime/index.ts";
import { isConflict, isConstraintViolation } from "../store/index.ts";
import { isAlreadyStored } from "./batch.ts";
import { CollisionError } from "./plan/index.ts";
import { type DocumentResult, resultOf } from "./results.ts";
import {
  type AdmissionPolicy,
  parseAndVerify,
  type Rejection,
  rejectionOf,
  type SourceDocument,
} from "./verify.ts";

/**
 * Retries from the beginning after a deadlock (40P01), a serialization failure (40001) or a constraint violation (class
 * 23). Nothing was stored, and the next attempt reads the database again. If another writer has stored a new paper of
 * the batch first, the next attempt plans a different batch.
 */
export function retryConflicts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const attemptWithOthers = () =>
    retry(attempt, { attempts: 20, firstDelay: 1, maxDelay: 1, isRetryable: isAlreadyStored });
  return retry(attemptWithOthers, {
    attempts: 5,
    firstDelay: 50,
    maxDelay: 1_000,
    isRetryable: (error) => isConflict(error) || isConstraintViolation(error),
  });
}

/**
 * Processes a batch. If the database cannot store something in it, bisects the batch to find the document and passes
 * that to `exclude`, so that it does not block the others. Any other error is thrown.
 *
 * @returns the results in the order of the batch.
 */
export async function isolateFaults<Document, Result>(
  batch: readonly Document[],
  work: (batch: readonly Document[]) => Promise<Result[]>,
  exclude: (document: Document, error: Error) => Promise<Result>,
): Promise<Result[]> {
  try {
    return await work(batch);
  } catch (error) {
    const [document] = batch;
    if (!isDocumentFault(error) || document === undefined) throw error;
    if (batch.length === 1) return [await exclude(document, error)];
    const middle = batch.length >> 1;
    const first = await isolateFaults(batch.slice(0, middle), work, exclude);
    return [...first, ...(await isolateFaults(batch.slice(middle), work, exclude))];
  }
}

/**
 * SQLSTATEs of values that PostgreSQL cannot store, whatever else the database contains: a number or a time out of
 * range (22003, 22007, 22008), a character that its encoding lacks (22021, 22P05), or a value that is too large for an
 * index (54000). That the document is then written to quarantine shows that the database itself still accepts rows.
 *
 * No other error is a document's fault, class 23 in particular: all rows are derived, so a violated constraint is a
 * defect, or due to a row left by an earlier one.
 */
const valueStates: ReadonlySet<string> = new Set(["22003", "22007", "22008", "22021", "22P05", "54000"]);

function isDocumentFault(error: unknown): error is Error {
  if (error instanceof CollisionError) return true;
  return error instanceof pg.DatabaseError && valueStates.has(error.code ?? "");
}

/** Rejects a valid document that the database cannot store. Throws the error if the document is not valid. */
export function rejectUnstorable(
  document: SourceDocument,
  policy: AdmissionPolicy,
  error: Error,
): { readonly rejection: Rejection; readonly result: DocumentResult } {
  const verified = "bytes" in document ? parseAndVerify(document, policy) : undefined;
  if (verified === undefined || "code" in verified) throw error;
  const { header } = verified;
  const message = `The document is valid but can't be stored: ${error.message}`;
  const rejection = rejectionOf(header, policy, { code: "NOT_STORABLE", message });
  const { pithNumber, refused } = header;
  return { rejection, result: resultOf({ ...rejection, pithNumber, refused }, new Set()) };
}
