import type { Keyring, Proof } from "../protocol/index.ts";
import { type Database, keepSessionAlive, type QueryClient } from "../store/index.ts";
import { claimBatch } from "./claim.ts";
import { type Fault, faultOf } from "./faults.ts";
import { finish, keepFault, type Outcome } from "./finish.ts";
import { inQueueTransaction } from "./queue.ts";
import { type Claimed, settle } from "./settle.ts";

export type WorkOptions = {
  readonly keyring: Keyring;
  /** The maximum number of documents per batch. Defaults to 200. */
  readonly batchDocuments?: number;
  /** Called for each batch that could not be ingested; its documents stay in the queue. */
  readonly onFault?: (fault: Fault) => void;
  /** Called with the results of each batch. */
  readonly onBatch?: (outcomes: readonly Outcome[]) => void;
};

const batchBytes = 16_000_000;

/**
 * Claims a batch of submissions, if any is due, and finishes it.
 *
 * Three transactions make it safe to kill a worker at any time:
 * 1. The claim counts the attempt and sets the time when the rows are due again. If killed after it, they are due then.
 * 2. The second locks the rows, which excludes other workers, and stays open during the third.
 * 3. `ingestBatch` commits the documents' content on its own connection. If killed before, nothing has happened. If
 *    killed after, the locks end with the connection and the rows are still queued; another worker ingests the same
 *    documents again, which changes nothing, and writes the missing outcome.
 * Last, the second transaction writes the outcomes and commits: only then are the documents deleted from the queue.
 *
 * @returns the number of claimed submissions. Rejects if the queue cannot be reached.
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
      outcomes = await keepSessionAlive(queue, () => settle(database, submissions, keyring));
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
 * Faults that could not be stored because the queue could not be reached. They are stored before the next batch, so
 * that only attempts whose worker ended count as such.
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
 * Waits briefly if another claim locks a row while checking whether it is still due. If another worker has claimed the
 * row because this one was slow, the row is no longer queued when the lock is released. The order prevents deadlocks.
 */
async function lock(client: QueryClient, ids: readonly string[]): Promise<Claimed[]> {
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
