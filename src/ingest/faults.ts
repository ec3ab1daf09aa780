import pg from "pg";
import { retry } from "../runtime/retry.ts";
import { isConflict, isConstraintViolation } from "../store/server-fault.ts";
import { isStoredMeanwhile } from "./optimistic.ts";
import { CollisionError } from "./plan/planning.ts";
import { type DocumentResult, resultOf } from "./results.ts";
import type { Delivered } from "./sources/files.ts";
import { type AdmissionPolicy, type Rejection, receive, rejectionOf } from "./verify.ts";

/**
 * Again from the beginning where PostgreSQL gave a transaction up for a deadlock, or could not put it in order with
 * others (40P01, 40001), or refused a row for a constraint (class 23). Nothing of it was stored, and the next attempt
 * reads again what is. Where another writer brought a new paper first, the next attempt is another batch.
 */
export function retryConflicts<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const attemptWithOthers = () =>
    retry(attempt, { attempts: 20, firstDelay: 1, maxDelay: 1, isRetryable: isStoredMeanwhile });
  return retry(attemptWithOthers, {
    attempts: 5,
    firstDelay: 50,
    maxDelay: 1_000,
    isRetryable: (error) => isConflict(error) || isConstraintViolation(error),
  });
}

/**
 * Works on a batch; where the database cannot store something in it, halves it until the document is found, which is left
 * to `exclude`: it must not block the others. Any other error is thrown.
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
 * SQLSTATEs of a value that PostgreSQL cannot store, whatever else the database holds: a number or a time out of range
 * (22003, 22007, 22008), a character that its encoding lacks (22021, 22P05), or a value that is too large for an index
 * (54000). That the document is then written to quarantine shows that the database itself still takes rows.
 *
 * No other error is a document's fault. Above all not class 23: which rows there are is derived, so a constraint that
 * is violated is a defect, or a row that an earlier one has left.
 */
const valueStates: ReadonlySet<string> = new Set(["22003", "22007", "22008", "22021", "22P05", "54000"]);

function isDocumentFault(error: unknown): error is Error {
  if (error instanceof CollisionError) return true;
  return error instanceof pg.DatabaseError && valueStates.has(error.code ?? "");
}

/** Rejects a document that is valid, but that the database cannot store; throws the error for one that is not valid. */
export function rejectUnstorable(
  document: Delivered,
  policy: AdmissionPolicy,
  error: Error,
): { readonly rejection: Rejection; readonly result: DocumentResult } {
  const received = "bytes" in document ? receive(document, policy) : undefined;
  if (received === undefined || "code" in received) throw error;
  const { header } = received;
  const message = `The document is valid, but cannot be stored: ${error.message}`;
  const rejection = rejectionOf(header, policy, { code: "NOT_STORABLE", message });
  const { pithNumber, refused } = header;
  return { rejection, result: resultOf({ ...rejection, pithNumber, refused }, new Set()) };
}
