import { type DocumentResult, ingestBatch, storableText } from "../ingest/index.ts";
import type { DocumentVerification, Keyring, Proof } from "../protocol/index.ts";
import { type Database, keepSessionAlive, type QueryClient } from "../store/index.ts";
import {
  claimBatch,
  type Fault,
  faultOf,
  finish,
  inQueueTransaction,
  recordFault,
  type SubmissionOutcome,
} from "./queue.ts";

export type WorkOptions = {
  readonly keyring: Keyring;
  /** The maximum number of documents per batch. Defaults to 200. */
  readonly batchDocuments?: number;
  /** Called for each batch that could not be ingested; its documents stay in the queue. */
  readonly onFault?: (fault: Fault) => void;
  /** Called with the results of each batch. */
  readonly onBatch?: (outcomes: readonly SubmissionOutcome[]) => void;
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
  unrecorded = new UnrecordedFaults(),
): Promise<number> {
  const { keyring, batchDocuments = 200, onFault, onBatch } = options;
  await unrecorded.write(database);
  const ids = await claimBatch(database.pool, { maxDocuments: batchDocuments, maxBytes: batchBytes });
  if (ids.length === 0) return 0;
  const work = inQueueTransaction(database.pool, async (queue) => {
    const submissions = await lock(queue, ids);
    if (submissions.length === 0) return;
    let outcomes: SubmissionOutcome[];
    try {
      outcomes = await keepSessionAlive(queue, () => ingestSubmissions(database, submissions, keyring));
    } catch (error) {
      const fault = faultOf(error);
      onFault?.(fault);
      await recordFault(
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
    unrecorded.add(ids, faultOf(error));
    throw error;
  }
  return ids.length;
}

/**
 * Faults that could not be stored because the queue could not be reached. They are stored before the next batch, so
 * that only attempts whose worker ended count as such.
 */
export class UnrecordedFaults {
  #faults: { readonly ids: readonly string[]; readonly fault: Fault }[] = [];

  add(ids: readonly string[], fault: Fault): void {
    this.#faults.push({ ids, fault });
  }

  async write({ pool }: Database): Promise<void> {
    if (this.#faults.length === 0) return;
    const faults = this.#faults;
    await inQueueTransaction(pool, async (queue) => {
      for (const { ids, fault } of faults) await recordFault(queue, ids, fault);
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

/** A submission claimed by a worker. */
type Claimed = {
  readonly id: string;
  readonly token: string;
  readonly minimumProof: Proof;
  readonly document: Buffer;
};

/** The maximum number of rejected events listed with a submission. */
const maxListed = 100;

/**
 * Ingests documents and returns their outcomes, in order. Outcomes are committed. If it throws, the database is at
 * fault, and some documents may already be stored: repeating the call changes nothing.
 */
async function ingestSubmissions(
  database: Database,
  submissions: readonly Claimed[],
  keyring: Keyring,
): Promise<SubmissionOutcome[]> {
  const outcomes = new Map<string, SubmissionOutcome>();
  for (const minimumProof of new Set(submissions.map((submission) => submission.minimumProof))) {
    // The size was checked on arrival.
    const policy = { keyring, minimumProof, maximumBytes: Number.POSITIVE_INFINITY };
    const group = submissions.filter((submission) => submission.minimumProof === minimumProof);
    const documents = group.map((submission) => ({
      source: sourceOf(submission),
      bytes: submission.document,
    }));
    for (const [index, result] of (await ingestBatch(database, documents, policy)).entries()) {
      const { id } = group[index] as Claimed;
      outcomes.set(id, outcomeOf(id, result));
    }
  }
  return submissions.map(({ id }) => outcomes.get(id) as SubmissionOutcome);
}

function sourceOf({ id, token }: Claimed): string {
  return `submission ${id} by token ${token}`;
}

function outcomeOf(id: string, { pithNumber, rejection, refused }: DocumentResult): SubmissionOutcome {
  if (rejection !== null) {
    return {
      id,
      status: "rejected",
      pithNumber,
      errorCode: rejection.code,
      errorMessage: storableText(`${rejection.message} ${acceptanceAdvice(refused)}`.trimEnd()),
    };
  }
  const [first] = refused;
  return {
    id,
    status: "merged",
    pithNumber,
    errorCode: first === undefined ? null : "EVENTS_REFUSED",
    errorMessage: first === undefined ? null : refusedLines(refused),
  };
}

/** One event per line: its id and the reason. */
function refusedLines(refused: DocumentResult["refused"]): string {
  const lines = refused.slice(0, maxListed).map(({ id, reason }) => `${id} ${reason}`);
  if (refused.length > maxListed) lines.push(`and ${refused.length - maxListed} more`);
  return lines.join("\n");
}

/** Reasons for which another keyring might accept an event. */
const keyReasons: ReadonlySet<string> = new Set(["UNKNOWN_SIGNER", "SIGNER_MISMATCH", "KEY_NOT_VALID"]);

/**
 * Advice on settings of this mirror that might accept a submission without any accepted event, as sentences for its
 * operator and its submitter. Empty if no setting would, because its events are altered or malformed.
 */
function acceptanceAdvice(
  refused: readonly Pick<DocumentVerification["refused"][number], "reason">[],
): string {
  const sentences: string[] = [];
  if (refused.some(({ reason }) => keyReasons.has(reason))) {
    sentences.push("To trust further signers, the operator can add their keys to PITH_GRAPH_KEYRING.");
  }
  if (refused.some(({ reason }) => reason === "UNSIGNED")) {
    sentences.push(
      "To accept unsigned events, the operator can set PITH_GRAPH_SUBMISSION_PROOF=hash. Every submitter can then write " +
        "events in any signer's name.",
    );
  }
  return sentences.join(" ");
}
