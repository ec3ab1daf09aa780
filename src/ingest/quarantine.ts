import { canonicalJson, cryptography, type PithNumber, type RejectionReason } from "../protocol/index.ts";
import { paperIdOf } from "../row-rules/index.ts";
import { bigintArray, type Cell, type QueryClient, upsertRows } from "../store/index.ts";
import { totalsStatement } from "./apply-plan.ts";
import { storableText } from "./row-text.ts";
import { acceptedIn, type DocumentHeader, rejectionsIn, type VerificationResult } from "./verify.ts";

/** The maximum number of rows; beyond it the oldest are deleted. */
const maxRows = 10_000;
/** Per document, so that a single document cannot displace all earlier rows. */
const maxEvents = 20;
/** Of larger contents only the hash is stored. */
const maxContentBytes = 1_000_000;

/**
 * Stores what a batch rejected, with the reasons; items already in quarantine are left unchanged. Quarantine is local
 * to a mirror and not part of a plan: rows beyond the limit are deleted here.
 */
export async function writeQuarantine(
  client: QueryClient,
  documents: readonly VerificationResult[],
  now: string,
): Promise<void> {
  const rows = quarantineRows(documents, now);
  if (rows.length === 0) return;
  const before = await documentCount(client);
  const added = await upsertRows(client, "quarantine", quarantineColumns, rows, "ON CONFLICT DO NOTHING");
  if (added > 0) {
    await client.query(
      `DELETE FROM quarantine WHERE content_sha256 IN
         (SELECT content_sha256 FROM quarantine ORDER BY received_at DESC, content_sha256 OFFSET $1)`,
      [maxRows],
    );
    const change = (await documentCount(client)) - before;
    if (change !== 0) await client.query(...totalsStatement({ rejected_documents: change }));
  }
}

/** Rows for the rejected documents and the rejected copies of events. */
export function quarantineRows(documents: readonly VerificationResult[], now: string): Cell[][] {
  const rows = new Map<string, Cell[]>();
  for (const { sha256, code, message, source, size, bytes, pithNumber, minimumProof } of rejectionsIn(
    documents,
  )) {
    const content = size <= maxContentBytes ? bytes : null;
    rows.set(sha256, [
      `\\x${sha256}`,
      "document",
      code,
      storableText(message),
      storableText(source),
      pithNumber,
      minimumProof,
      size,
      content,
      now,
    ]);
  }
  for (const { refused, pithNumber, source, minimumProof } of acceptedIn(documents)) {
    for (const [index, { id, reason, copy }] of refused.slice(0, maxEvents).entries()) {
      const text = canonicalJson(copy);
      const sha256 = cryptography.sha256Text(text);
      rows.set(sha256, [
        `\\x${sha256}`,
        "event",
        reason,
        index === maxEvents - 1 ? lastMessage(id, refused.length) : id,
        storableText(source),
        pithNumber,
        minimumProof,
        Buffer.byteLength(text),
        text.length <= maxContentBytes ? Buffer.from(text) : null,
        now,
      ]);
    }
  }
  return [...rows.values()].slice(-maxRows);
}

/** The message of a document's last event row, if more events were rejected than have rows. */
function lastMessage(id: string, count: number): string {
  const left = count - maxEvents;
  return left === 0 ? id : `${id}; ${left} more refused events of the same document are not kept`;
}

export const quarantineColumns = [
  "content_sha256",
  "kind",
  "code",
  "message",
  "source",
  "pith_number",
  "minimum_proof",
  "size",
  "content",
  "received_at",
];

async function documentCount(client: QueryClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM quarantine WHERE kind = 'document'",
  );
  return rows[0]?.count ?? 0;
}

// ---- Release

type ReleasableRow = {
  content_sha256: string;
  kind: "document" | "event";
  pith_number: PithNumber;
  source: string;
};

/**
 * Removes from quarantine what has since been accepted: documents that arrived again (same bytes or same mirror), and
 * copies of events that were rejected for lack of trust and are now in the log. Runs in the transaction that stores
 * them.
 */
export async function releaseAccepted(
  client: QueryClient,
  documents: readonly VerificationResult[],
): Promise<void> {
  const accepted = acceptedIn(documents);
  const rows = await readRowsOf(client, accepted);
  const numbers = [...new Set(rows.filter(({ kind }) => kind === "event").map((row) => row.pith_number))];
  if (numbers.length > 0) {
    await client.query(releaseEvents, [bigintArray(numbers.map((number) => paperIdOf(number))), numbers]);
  }
  const released = rows.filter((row) => row.kind === "document" && isAccepted(row, accepted));
  await removeFromQuarantine(
    client,
    released.map((row) => row.content_sha256),
  );
}

/** Whether a batch affects quarantine: it has a rejected item, or quarantine has rows for one of its papers. */
export async function affectsQuarantine(
  client: QueryClient,
  documents: readonly VerificationResult[],
): Promise<boolean> {
  const accepted = acceptedIn(documents);
  const hasRejected =
    accepted.length < documents.length || accepted.some(({ refused }) => refused.length > 0);
  return hasRejected || (await readRowsOf(client, accepted)).length > 0;
}

async function readRowsOf(
  client: QueryClient,
  accepted: readonly DocumentHeader[],
): Promise<ReleasableRow[]> {
  if (accepted.length === 0) return [];
  const { rows } = await client.query<ReleasableRow>(
    `SELECT encode(content_sha256, 'hex') AS content_sha256, kind, pith_number, source FROM quarantine
     WHERE pith_number = ANY($1::text[])`,
    [[...new Set(accepted.map(({ pithNumber }) => pithNumber))]],
  );
  return rows;
}

/** Removes documents from quarantine and updates the stored count. Returns the number of rows removed. */
export async function removeFromQuarantine(client: QueryClient, hashes: readonly string[]): Promise<number> {
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

function isAccepted(
  { content_sha256, pith_number, source }: ReleasableRow,
  accepted: readonly DocumentHeader[],
): boolean {
  // A document that a mirror serves for a paper replaces the one that it served before.
  const isMirror = /^https?:/.test(source);
  return accepted.some(
    (document) =>
      document.pithNumber === pith_number &&
      ((isMirror && document.source === source && document.refused.length === 0) ||
        cryptography.sha256Bytes(document.bytes) === content_sha256),
  );
}

/** Reasons that depend on trust: another keyring or a lower minimum proof might accept the event. */
export const trustReasons = [
  "UNSIGNED",
  "UNKNOWN_SIGNER",
  "SIGNER_MISMATCH",
  "KEY_NOT_VALID",
] as const satisfies readonly RejectionReason[];

/** The message begins with the event id. Copies that are not authentic stay, whatever the log contains. */
const releaseEvents = `DELETE FROM quarantine AS refused USING events
   WHERE refused.kind = 'event' AND refused.code IN (${trustReasons.map((code) => `'${code}'`).join(", ")})
     AND events.paper_id = ANY($1::bigint[]) AND refused.message ~ '^sha256:[0-9a-f]{64}'
     AND refused.pith_number = ANY($2::text[])
     AND events.event_id = decode(substr(refused.message, 8, 64), 'hex')`;
