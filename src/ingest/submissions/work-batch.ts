import type { Keyring } from "../../protocol/index.ts";
import type { Proof } from "../../protocol/proof.ts";
import type { Database } from "../../store/index.ts";
import { keepOpen, type Statements } from "../../store/transaction.ts";
import { claimBatch } from "./claim.ts";
import { type Fault, faultOf } from "./faults.ts";
import { finish, keepFault, type Outcome } from "./finish.ts";
import { inQueueTransaction } from "./queue.ts";
import { type Claimed, settle } from "./settle.ts";

export type WorkOptions = {
  readonly keyring: Keyring;
  /** The most documents of one batch; 200 unless told. */
  readonly batchDocuments?: number;
  /** Told of each batch that could not be taken in; its documents stay in the queue. */
  readonly onFault?: (fault: Fault) => void;
  /** Told what became of each batch. */
  readonly onBatch?: (outcomes: readonly Outcome[]) => void;
};

const batchBytes = 16_000_000;

/**
 * Takes up a batch of submissions, if any is due, and finishes it.
 *
 * Three transactions, and why a worker may be killed between or in any of them:
 * 1. The claim counts the attempt and says when the rows are due again. Killed after it, they are due then.
 * 2. This one locks the rows, which keeps other workers off, and stays open while
 * 3. `ingestBatch` commits, on a connection of its own, what the documents say. Killed before, nothing has happened; killed
 *    after, the locks are gone with the connection, the rows still queued, and another worker takes the same documents
 *    in again: that changes nothing, and it then writes the outcome that this one owed.
 * Last, 2 writes the outcomes and commits: only then are the documents themselves let go.
 *
 * @returns the number of submissions that were taken up. Rejects where the queue cannot be reached.
 */
export async function workBatch(
  database: Database,
  options: WorkOptions,
  owed = new OwedFaults(),
): Promise<number> {
  const { keyring, batchDocuments = 200, onFault, onBatch } = options;
  await owed.write(database);
  const ids = await claimBatch(database.pool, { mostDocuments: batchDocuments, mostBytes: batchBytes });
  if (ids.length === 0) return 0;
  const work = inQueueTransaction(database.pool, async (queue) => {
    const submissions = await lock(queue, ids);
    if (submissions.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = await keepOpen(queue, () => settle(database, submissions, keyring));
    } catch (error) {
      const fault = faultOf(error);
      onFault?.(fault);
      await keepFault(
        queue,
        submissions.map(({ id }) => id),
        fault,
      );
      return;
    }
    await finish(queue, outcomes);
    onBatch?.(outcomes);
  });
  try {
    await work;
  } catch (error) {
    owed.note(ids, faultOf(error));
    throw error;
  }
  return ids.length;
}

/**
 * Faults that could not be written, since the queue could not be reached either. Written before the next batch, so that
 * only attempts whose worker has ended count as such.
 */
export class OwedFaults {
  #faults: { readonly ids: readonly string[]; readonly fault: Fault }[] = [];

  note(ids: readonly string[], fault: Fault): void {
    this.#faults.push({ ids, fault });
  }

  async write({ pool }: Database): Promise<void> {
    if (this.#faults.length === 0) return;
    const faults = this.#faults;
    await inQueueTransaction(pool, async (queue) => {
      for (const { ids, fault } of faults) await keepFault(queue, ids, fault);
    });
    this.#faults = this.#faults.slice(faults.length);
  }
}

/**
 * Waits where another claim holds a row for a moment (it locks what it then finds is no longer due). Should another
 * worker have the row because this one was slow, it is no longer queued when that one is done. The order keeps two
 * who wait from waiting for each other.
 */
async function lock(client: Statements, ids: readonly string[]): Promise<Claimed[]> {
  const { rows } = await client.query<{
    submission_id: string;
    token: string;
    minimum_proof: Proof;
    document: Buffer;
  }>(
    `SELECT submission_id, token, minimum_proof, document FROM submissions
     WHERE submission_id = ANY($1::uuid[]) AND status = 'queued'
     ORDER BY received_at, submission_id FOR UPDATE`,
    [ids],
  );
  return rows.map((row) => ({
    id: row.submission_id,
    token: row.token,
    minimumProof: row.minimum_proof,
    document: row.document,
  }));
}
