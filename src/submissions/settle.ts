import { type DocumentResult, ingestBatch, storable } from "../ingest/index.ts";
import type { JudgedDocument, Keyring, Proof } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";
import type { Outcome } from "./finish.ts";

/** A submission claimed by a worker. */
export type Claimed = {
  readonly id: string;
  readonly token: string;
  readonly minimumProof: Proof;
  readonly document: Buffer;
};

/** The maximum number of rejected events listed with a submission. */
const mostNamed = 100;

/**
 * Ingests documents and returns their outcomes, in order. Outcomes are committed. If it throws, the database is at
 * fault, and some documents may already be stored: repeating the call changes nothing.
 */
export async function settle(
  database: Database,
  submissions: readonly Claimed[],
  keyring: Keyring,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  for (const minimumProof of new Set(submissions.map((submission) => submission.minimumProof))) {
    // The size was checked on arrival.
    const door = { keyring, minimumProof, maximumBytes: Number.POSITIVE_INFINITY };
    const alike = submissions.filter((submission) => submission.minimumProof === minimumProof);
    const deliveries = alike.map((submission) => ({
      source: sourceOf(submission),
      bytes: submission.document,
    }));
    for (const [index, result] of (await ingestBatch(database, deliveries, door)).entries()) {
      const { id } = alike[index] as Claimed;
      outcomes.set(id, outcomeOf(id, result));
    }
  }
  return submissions.map(({ id }) => outcomes.get(id) as Outcome);
}

function sourceOf({ id, token }: Claimed): string {
  return `submission ${id} by token ${token}`;
}

function outcomeOf(id: string, { pithNumber, rejection, refused }: DocumentResult): Outcome {
  if (rejection !== null) {
    return {
      id,
      status: "rejected",
      pithNumber,
      errorCode: rejection.code,
      errorMessage: storable(`${rejection.message} ${acceptanceAdvice(refused)}`.trimEnd()),
    };
  }
  const [first] = refused;
  return {
    id,
    status: "merged",
    pithNumber,
    errorCode: first === undefined ? null : "EVENTS_REFUSED",
    errorMessage: first === undefined ? null : refusedText(refused),
  };
}

/** One event per line: its id and the reason. */
function refusedText(refused: DocumentResult["refused"]): string {
  const lines = refused.slice(0, mostNamed).map(({ id, reason }) => `${id} ${reason}`);
  if (refused.length > mostNamed) lines.push(`and ${refused.length - mostNamed} more`);
  return lines.join("\n");
}

/** Reasons for which another keyring might accept an event. */
const keyReasons: ReadonlySet<string> = new Set(["UNKNOWN_SIGNER", "SIGNER_MISMATCH", "KEY_NOT_VALID"]);

/**
 * Advice on settings of this mirror that might accept a submission without any accepted event, as sentences for its
 * operator and its submitter. Empty if no setting would, because its events are altered or malformed.
 */
function acceptanceAdvice(refused: readonly Pick<JudgedDocument["refused"][number], "reason">[]): string {
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
