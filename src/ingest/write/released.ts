import { cryptography, type PithNumber, type RefusalReason } from "../../protocol/index.ts";
import { paperIdOf } from "../../store/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { Statements } from "../../store/transaction.ts";
import type { Arrival } from "../arrival.ts";
import { totalsStatement } from "./totals.ts";

type Row = { content_sha256: string; kind: "document" | "event"; pith_number: PithNumber; source: string };

/**
 * Removes from quarantine what has been accepted since: documents that came again, with the same bytes or from the same
 * mirror, and copies of events that were rejected for want of trust and are in the log now. Runs in the transaction that
 * stores them. `accepted`: the documents of a batch.
 */
export async function releaseAccepted(client: Statements, accepted: readonly Arrival[]): Promise<void> {
  const rows = await readOfPapers(client, accepted);
  const documents = rows.filter((row) => row.kind === "document" && isAccepted(row, accepted));
  const numbers = [...new Set(rows.filter(({ kind }) => kind === "event").map((row) => row.pith_number))];
  if (numbers.length > 0) {
    await client.query(releaseEvents, [bigintArray(numbers.map((number) => paperIdOf(number))), numbers]);
  }
  await releaseDocuments(
    client,
    documents.map((row) => row.content_sha256),
  );
}

/** Whether quarantine has anything of the papers of these documents. */
export async function hasQuarantined(client: Statements, arrivals: readonly Arrival[]): Promise<boolean> {
  return (await readOfPapers(client, arrivals)).length > 0;
}

async function readOfPapers(client: Statements, arrivals: readonly Arrival[]): Promise<Row[]> {
  if (arrivals.length === 0) return [];
  const { rows } = await client.query<Row>(
    `SELECT encode(content_sha256, 'hex') AS content_sha256, kind, pith_number, source FROM quarantine
     WHERE pith_number = ANY($1::text[])`,
    [[...new Set(arrivals.map(({ pithNumber }) => pithNumber))]],
  );
  return rows;
}

/** Removes documents from quarantine, and from the kept count. Returns how many were there. */
export async function releaseDocuments(client: Statements, hashes: readonly string[]): Promise<number> {
  if (hashes.length === 0) return 0;
  const { rows } = await client.query<{ kind: string }>(
    `DELETE FROM quarantine WHERE content_sha256 IN (SELECT decode(hash, 'hex') FROM unnest($1::text[]) AS hash)
     RETURNING kind`,
    [hashes],
  );
  const count = rows.filter(({ kind }) => kind === "document").length;
  if (count > 0) await client.query(...totalsStatement({ rejected_documents: -count }));
  return rows.length;
}

function isAccepted({ content_sha256, pith_number, source }: Row, accepted: readonly Arrival[]): boolean {
  // What a mirror serves of a paper now takes the place of what it served before.
  const isMirror = /^https?:/.test(source);
  return accepted.some(
    (arrival) =>
      arrival.pithNumber === pith_number &&
      ((isMirror && arrival.source === source && arrival.refused.length === 0) ||
        cryptography.sha256Bytes(arrival.bytes) === content_sha256),
  );
}

/** Reasons that depend on whom one trusts and how far: other keys or a lower minimum proof might accept the event. */
export const trustCodes = [
  "UNSIGNED",
  "UNKNOWN_SIGNER",
  "SIGNER_MISMATCH",
  "KEY_NOT_VALID",
] as const satisfies readonly RefusalReason[];

/** The id stands at the beginning of the message. Copies that are not authentic stay, whatever the log holds. */
const releaseEvents = `DELETE FROM quarantine AS refused USING events
   WHERE refused.kind = 'event' AND refused.code IN (${trustCodes.map((code) => `'${code}'`).join(", ")})
     AND events.paper_id = ANY($1::bigint[]) AND refused.message ~ '^sha256:[0-9a-f]{64}'
     AND refused.pith_number = ANY($2::text[])
     AND events.event_id = decode(substr(refused.message, 8, 64), 'hex')`;
