import {
  currentSnapshot,
  isJsonObject,
  type JsonObject,
  type Keyring,
  mergeDocuments,
} from "../src/protocol/index.ts";
import { identifierIdOf, paperIdOf } from "../src/row-rules/index.ts";
import type { Database } from "../src/store/index.ts";
import { claims, events, references, works } from "../src/store/tables/index.ts";

/**
 * The straightforward program for comparison: for each document a transaction with an ORM's inserts. It verifies and
 * merges like ours, and then writes less: no aliases, no joined identities, no stored counts, no feed.
 */
export async function ingestOneByOne(
  database: Database,
  lines: readonly string[],
  keyring: Keyring,
): Promise<void> {
  let position = 0n;
  for (const line of lines) {
    const [state] = mergeDocuments([line], keyring, "signed").states.values();
    if (state === undefined) continue;
    const paperId = paperIdOf(state.pithNumber);
    const now = new Date().toISOString();
    const snapshot = currentSnapshot(state)?.event.payload["graph_snapshot"];
    if (!isJsonObject(snapshot)) continue;
    await database.db.transaction(async (transaction) => {
      for (const { event, standing, status } of state.events.values()) {
        await transaction.insert(events).values({
          paperId,
          eventId: event.id.slice(7),
          position: ++position,
          body: event.text,
          signature: JSON.stringify(event.signature),
          proof: event.proof,
          receivedAt: now,
          type: event.type,
          createdAt: `${event.instant}Z`,
          fingerprint: event.signer.public_key_fingerprint,
          standing,
          status,
          depth: 0,
        });
      }
      for (const [ordinal, item] of listOf(snapshot, "claims", "items").entries()) {
        const { claim_id: claimId, kind, text, status, attestation, source } = item as Record<string, string>;
        await transaction.insert(claims).values({
          paperId,
          ordinal,
          claimId: claimId ?? "",
          kind: kind ?? "",
          text: text ?? "",
          status: status ?? "",
          attestation: attestation ?? "",
          source: source ?? null,
        });
      }
      const metadata = state.canonicalRecord?.["metadata"];
      const submittedAt = isJsonObject(metadata) ? String(metadata["submitted_at"]) : now;
      const work = { citedByCount: 0, citingPaperCount: 0, referenceCount: 0 };
      for (const [ordinal, item] of listOf(snapshot, "references", "sample").entries()) {
        const arxiv = String(item["cited_arxiv_id"]);
        const citedWorkId = identifierIdOf("arxiv", arxiv);
        await transaction.insert(references).values({
          paperId,
          ordinal,
          refIndex: ordinal + 1,
          title: String(item["title"]),
          citedArxivId: arxiv,
          isInternalAnchor: true,
          hasArxivId: true,
          citedWorkId,
          submittedAt,
        });
        await transaction
          .insert(works)
          .values({ workId: citedWorkId, key: `arxiv:${arxiv}`, ...work })
          .onConflictDoNothing();
      }
    });
  }
}

function listOf(snapshot: JsonObject, part: string, list: string): JsonObject[] {
  const value = snapshot[part];
  const items = isJsonObject(value) ? value[list] : undefined;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}
