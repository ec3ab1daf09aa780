import pg from "pg";
import { CollisionError } from "./plan/planning.ts";

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
