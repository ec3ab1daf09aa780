import { canonicalJson, cryptography } from "../../protocol/index.ts";
import { type Cell, upsertRows } from "../../store/rows.ts";
import type { Statements } from "../../store/transaction.ts";
import type { Arrival, Rejection } from "../arrival.ts";
import { storable } from "../project/text.ts";
import { totalsStatement } from "./totals.ts";

/** Rows at most; beyond, the oldest go. */
const mostRows = 10_000;
/** Of one document, so that one alone cannot drive out what came before it. */
const mostEvents = 20;
/** Larger contents are not kept, only their hash. */
const largestContent = 1_000_000;

/** Keeps what was refused, with its reason. What is in quarantine already changes nothing. */
export async function writeQuarantine(
  client: Statements,
  rejections: readonly Rejection[],
  arrivals: readonly Arrival[],
  now: string,
): Promise<void> {
  const rows = new Map<string, Cell[]>();
  for (const { sha256, code, message, source, size, bytes, pithNumber, minimumProof } of rejections) {
    const content = size <= largestContent ? bytes : null;
    rows.set(sha256, [
      `\\x${sha256}`,
      "document",
      code,
      storable(message),
      storable(source),
      pithNumber ?? null,
      minimumProof ?? null,
      size,
      content,
      now,
    ]);
  }
  for (const { refused, pithNumber, source, minimumProof } of arrivals) {
    for (const [index, { id, reason, copy }] of refused.slice(0, mostEvents).entries()) {
      const text = canonicalJson(copy);
      const sha256 = cryptography.sha256Text(text);
      const content = text.length <= largestContent ? Buffer.from(text) : null;
      const size = Buffer.byteLength(text);
      const row = [
        `\\x${sha256}`,
        "event",
        reason,
        index === mostEvents - 1 ? lastMessage(id, refused.length) : id,
        storable(source),
        pithNumber,
        minimumProof,
        size,
        content,
        now,
      ];
      rows.set(sha256, row);
    }
  }
  if (rows.size === 0) return;
  const kept = [...rows.values()].slice(-mostRows);
  const before = await documentCount(client);
  const added = await upsertRows(client, "quarantine", columns, kept, "ON CONFLICT DO NOTHING");
  if (added > 0) {
    await client.query(
      `DELETE FROM quarantine WHERE content_sha256 IN
         (SELECT content_sha256 FROM quarantine ORDER BY received_at DESC, content_sha256 OFFSET $1)`,
      [mostRows],
    );
    const change = (await documentCount(client)) - before;
    if (change !== 0) await client.query(...totalsStatement({ rejected_documents: change }));
  }
}

/** What an event says with which the document's last place is taken. */
function lastMessage(id: string, count: number): string {
  const left = count - mostEvents;
  return left === 0 ? id : `${id}; ${left} more refused events of the same document are not kept`;
}

const columns = [
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

async function documentCount(client: Statements): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM quarantine WHERE kind = 'document'",
  );
  return rows[0]?.count ?? 0;
}
