import { cryptography, type Keyring, type Proof } from "../../protocol/index.ts";
import type { Database } from "../../store/index.ts";
import { type Arrival, type DoorOptions, type Rejection, receive } from "../arrival.ts";
import { storable } from "../project/text.ts";
import { type DocumentResult, takeIn } from "../take-in.ts";
import { writeBatch } from "../write/batch.ts";
import type { Outcome } from "./finish.ts";

/** A submission that a worker has taken up. */
export type Claimed = {
  readonly id: string;
  readonly token: string;
  readonly minimumProof: Proof;
  readonly document: Buffer;
};

/** The most refused events that are named with a submission. */
const mostNamed = 100;

/**
 * Takes documents in and says what became of each, in their order. What this returns is committed; where it throws,
 * the database is at fault, and some of the documents may be in: doing it again changes nothing.
 */
export async function settle(
  database: Database,
  submissions: readonly Claimed[],
  keyring: Keyring,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  for (const minimumProof of new Set(submissions.map((submission) => submission.minimumProof))) {
    // The size was judged at the door.
    const door = { keyring, minimumProof, maximumBytes: Number.POSITIVE_INFINITY };
    const alike = submissions.filter((submission) => submission.minimumProof === minimumProof);
    for (const outcome of await settleAlike(database, alike, door)) outcomes.set(outcome.id, outcome);
  }
  return submissions.map(({ id }) => outcomes.get(id) as Outcome);
}

async function settleAlike(
  database: Database,
  submissions: readonly Claimed[],
  door: DoorOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const rejections: Rejection[] = [];
  const others: Claimed[] = [];
  for (const submission of submissions) {
    const { id, document } = submission;
    const received = receive({ source: sourceOf(submission), bytes: document }, door);
    const rejection = "code" in received ? received : rejectionOf(received);
    if (rejection === null) {
      others.push(submission);
      continue;
    }
    rejections.push(rejection);
    outcomes.push({
      id,
      status: "rejected",
      pithNumber: "document" in received ? received.document.pithNumber : null,
      errorCode: rejection.code,
      errorMessage: storable(rejection.message),
    });
  }
  if (rejections.length > 0) await writeBatch(database, [], rejections);
  const deliveries = others.map((other) => ({ source: sourceOf(other), bytes: other.document }));
  const results = deliveries.length === 0 ? [] : await takeIn(database, deliveries, door);
  for (const [index, result] of results.entries()) {
    const other = others[index];
    if (other !== undefined) outcomes.push(outcomeOf(other.id, result));
  }
  return outcomes;
}

function sourceOf({ id, token }: Claimed): string {
  return `submission ${id} by token ${token}`;
}

/**
 * A document that carries events of which none was let in says nothing that somebody stands for: it is refused as a
 * whole, for the first event's reason. So its record and its aliases are not taken in either.
 */
function rejectionOf({ source, size, document, bytes }: Arrival): Rejection | null {
  const [first] = document.refused;
  if (first === undefined || document.events.length > 0) return null;
  const count = document.refused.length;
  return {
    source,
    size,
    sha256: cryptography.sha256Bytes(bytes),
    code: first.reason,
    message: `None of its events was let in: ${count === 1 ? "" : `the first of ${count}, `}${first.id}, is ${first.reason}.`,
    bytes,
  };
}

function outcomeOf(id: string, { pithNumber, rejection, refused }: DocumentResult): Outcome {
  if (rejection !== null) {
    return {
      id,
      status: "rejected",
      pithNumber,
      errorCode: rejection.code,
      errorMessage: storable(rejection.message),
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

/** One a line: the event's id and the reason. */
function refusedText(refused: DocumentResult["refused"]): string {
  const lines = refused.slice(0, mostNamed).map(({ id, reason }) => `${id} ${reason}`);
  if (refused.length > mostNamed) lines.push(`and ${refused.length - mostNamed} more`);
  return lines.join("\n");
}
