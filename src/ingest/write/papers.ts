import type { Proof } from "../../protocol/index.ts";
import { bigintArray, type Cell } from "../../store/rows.ts";
import type { PaperRow } from "../project/paper.ts";
import type { PaperBefore, PaperChange } from "./paper-change.ts";
import { readReferences } from "./references.ts";
import type { WriteSession } from "./session.ts";

/** What the tables say of papers; no entry for those without a row. */
export async function readPapersBefore(
  session: WriteSession,
  paperIds: readonly bigint[],
): Promise<Map<bigint, PaperBefore>> {
  if (paperIds.length === 0) return new Map();
  const rows = await session.read<{
    paper_id: string;
    work_id: string;
    submitted_at: string;
    proof: Proof;
    snapshot: string | null;
    claim_count: number;
  }>(
    `SELECT paper_id, work_id, submitted_at::text, proof, encode(snapshot_event_id, 'hex') AS snapshot, claim_count
     FROM papers WHERE paper_id = ANY($1::bigint[])`,
    [bigintArray(paperIds)],
  );
  const references = await readReferences(
    session,
    rows.map((row) => BigInt(row.paper_id)),
  );
  return new Map(
    rows.map((row) => {
      const paperId = BigInt(row.paper_id);
      const before = {
        workId: BigInt(row.work_id),
        submittedAt: row.submitted_at,
        proof: row.proof,
        snapshotEventId: row.snapshot,
        claimCount: row.claim_count,
        references: references.get(paperId) ?? [],
      };
      return [paperId, before];
    }),
  );
}

/** Column names with how a projected row fills them. One list, so that none is forgotten on update. */
const cells: Record<string, (row: PaperRow) => Cell> = {
  paper_id: (row) => row.paperId,
  pith_number: (row) => row.pithNumber,
  canonical_sha256: (row) => `\\x${row.canonicalSha256}`,
  work_id: (row) => row.workId,
  source_kind: (row) => row.sourceKind,
  source_id: (row) => row.sourceId,
  source_version: (row) => row.sourceVersion,
  submitted_at: (row) => row.submittedAt,
  license: (row) => row.license,
  primary_category: (row) => row.primaryCategory,
  cross_categories: (row) => row.crossCategories,
  title: (row) => row.title,
  authors: (row) => row.authors,
  abstract_excerpt: (row) => row.abstractExcerpt,
  headline: (row) => row.headline,
  verdict: (row) => row.verdict,
  record_event_id: (row) => (row.recordEventId === null ? null : `\\x${row.recordEventId}`),
  snapshot_event_id: (row) => (row.snapshotEventId === null ? null : `\\x${row.snapshotEventId}`),
  record_standing: (row) => row.recordStanding,
  proof: (row) => row.proof,
  claim_count: (row) => row.claimCount,
  references_asserted: (row) => row.referencesAsserted,
  resolved_works_asserted: (row) => row.resolvedWorksAsserted,
  internal_anchors_asserted: (row) => row.internalAnchorsAsserted,
  references_known: (row) => row.referencesKnown,
  internal_anchors_known: (row) => row.internalAnchorsKnown,
  state_sha256: (row) => `\\x${row.stateSha256}`,
  event_count: (row) => row.eventCount,
  valid_event_count: (row) => row.validEventCount,
  equivocation_count: (row) => row.equivocationCount,
  record_hash: (row) => row.recordHash,
  receipt: (row) => row.receipt,
  title_binding: (row) => row.titleBinding,
  claims_hash: (row) => row.claimsHash,
  references_hash: (row) => row.referencesHash,
  published_state_hash: (row) => row.publishedStateHash,
};

const columns = Object.keys(cells);
const updates = columns.filter((column) => column !== "paper_id");

/** Writes the papers, their claims, and the keys that find them. */
export async function writePapers(session: WriteSession, changes: readonly PaperChange[]): Promise<void> {
  const added: Cell[][] = [];
  const changed: Cell[][] = [];
  for (const { row, before } of changes) {
    if (row === null) continue;
    const cellsOfRow = columns.map((column) => (cells[column] as (row: PaperRow) => Cell)(row));
    (before === null ? added : changed).push(cellsOfRow);
  }
  session.put(
    "papers",
    columns,
    { added, changed },
    `ON CONFLICT (paper_id) DO UPDATE SET ${updates.map((column) => `${column} = excluded.${column}`).join(", ")}
     WHERE (${updates.map((column) => `papers.${column}`).join(", ")})
       IS DISTINCT FROM (${updates.map((column) => `excluded.${column}`).join(", ")})`,
  );
  const vanished = changes.filter(({ row, before }) => row === null && before !== null);
  if (vanished.length > 0) {
    session.write("DELETE FROM papers WHERE paper_id = ANY($1::bigint[])", [
      bigintArray(vanished.map(({ paperId }) => paperId)),
    ]);
  }
  writeClaims(session, changes);
  await writeKeys(session, changes);
}

function writeClaims(session: WriteSession, changes: readonly PaperChange[]): void {
  const changed = changes.filter(({ hasNewContent }) => hasNewContent);
  const emptied = changed.filter(({ before }) => before !== null && before.claimCount > 0);
  if (emptied.length > 0) {
    session.write("DELETE FROM claims WHERE paper_id = ANY($1::bigint[])", [
      bigintArray(emptied.map(({ paperId }) => paperId)),
    ]);
  }
  session.insert(
    "claims",
    ["paper_id", "ordinal", "claim_id", "kind", "text", "status", "attestation", "source"],
    changed.flatMap(({ row, claims }) =>
      (row === null ? [] : claims).map((claim) => [
        claim.paperId,
        claim.ordinal,
        claim.claimId,
        claim.kind,
        claim.text,
        claim.status,
        claim.attestation,
        claim.source,
      ]),
    ),
  );
}

const noKeys: ReadonlySet<string> = new Set();

async function writeKeys(session: WriteSession, changes: readonly PaperChange[]): Promise<void> {
  // Of papers that were not held there are none.
  const held = changes.filter(({ isHeld }) => isHeld).map(({ paperId }) => paperId);
  const before = new Map<bigint, Set<string>>(held.map((paperId) => [paperId, new Set()]));
  if (held.length > 0) {
    const rows = await session.readBefore<{ paper_id: string; key: string }>(
      "SELECT paper_id, key FROM paper_keys WHERE paper_id = ANY($1::bigint[])",
      [bigintArray(held)],
    );
    for (const row of rows) before.get(BigInt(row.paper_id))?.add(row.key);
  }
  const added: Cell[][] = [];
  const dropped: Cell[][] = [];
  for (const { paperId, keys } of changes) {
    const known = before.get(paperId) ?? noKeys;
    for (const key of keys) if (!known.has(key)) added.push([key, paperId]);
    for (const key of known) if (!keys.has(key)) dropped.push([key, paperId]);
  }
  session.insert("paper_keys", ["key", "paper_id"], added);
  session.remove("paper_keys", ["key", "paper_id"], dropped);
}
