import type { Proof } from "../../protocol/index.ts";
import type { Cell } from "../../store/index.ts";
import type { PaperTarget, ProjectedClaim, ProjectedPaper } from "../project-paper.ts";
import type { ProjectedReference } from "../project-references.ts";
import type { PaperBefore, StoredReference } from "./lookups.ts";
import { lookUp, type Planning, type RowChanges } from "./planning.ts";

/** A paper's derived rows, before and after. */
export type PaperChange = PaperTarget & {
  /** Whether anything of the paper was stored before, with or without a row in `papers`. */
  readonly isStored: boolean;
  readonly before: PaperBefore | null;
  /** Whether the current snapshot or its proof changed: then its claims and references are replaced. */
  readonly hasNewContent: boolean;
};

export function changeOf(target: PaperTarget, before: PaperBefore | null, isStored: boolean): PaperChange {
  const hasNewContent =
    before?.snapshotEventId !== (target.row?.snapshotEventId ?? null) ||
    before.proof !== target.row?.proof ||
    target.row === null;
  return { ...target, before, isStored, hasNewContent };
}

/** The references that the changes remove. */
export function removedReferences(changes: readonly PaperChange[]): StoredReference[] {
  return changes.flatMap(({ before, hasNewContent }) => (hasNewContent ? (before?.references ?? []) : []));
}

/** The references that the changes add, with the proof of their papers. */
export function addedReferences(
  changes: readonly PaperChange[],
): { reference: ProjectedReference; proof: Proof }[] {
  return changes.flatMap(({ row, references, hasNewContent }) =>
    hasNewContent && row !== null ? references.map((reference) => ({ reference, proof: row.proof })) : [],
  );
}

/** The papers whose claims and references are replaced: lookups of other papers exclude these. */
export function replacedPapers(changes: readonly PaperChange[]): bigint[] {
  return changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId);
}

/** How a projected row fills each column. A single list, so that updates cannot miss one. */
const cells: Record<string, (row: ProjectedPaper) => Cell> = {
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
const changedColumns = columns.filter((column) => column !== "paper_id");

function cellsOf(row: ProjectedPaper): Cell[] {
  return columns.map((column) => (cells[column] as (row: ProjectedPaper) => Cell)(row));
}

/** Plans the papers, their claims and their lookup keys. */
export function* planPapers(rows: RowChanges, changes: readonly PaperChange[]): Planning<void> {
  const shown = changes.filter(hasRow);
  rows.insert(
    "papers",
    columns,
    shown.filter(({ before }) => before === null),
    ({ row }) => cellsOf(row),
  );
  rows.update(
    "papers",
    columns,
    shown.filter(({ before }) => before !== null).map(({ row }) => cellsOf(row)),
    changedColumns,
  );
  const vanished = changes.filter(({ row, before }) => row === null && before !== null);
  rows.delete(
    "papers",
    ["paper_id"],
    vanished.map(({ paperId }) => [paperId]),
  );
  planClaims(rows, changes);
  yield* planKeys(rows, changes);
}

function hasRow(change: PaperChange): change is PaperChange & { readonly row: ProjectedPaper } {
  return change.row !== null;
}

function planClaims(rows: RowChanges, changes: readonly PaperChange[]): void {
  const changed = changes.filter(({ hasNewContent }) => hasNewContent);
  const emptied = changed.filter(({ before }) => before !== null && before.claimCount > 0);
  rows.delete(
    "claims",
    ["paper_id"],
    emptied.map(({ paperId }) => [paperId]),
    emptied.reduce((sum, { before }) => sum + (before?.claimCount ?? 0), 0),
  );
  rows.insert(
    "claims",
    ["paper_id", "ordinal", "claim_id", "kind", "text", "status", "attestation", "source"],
    changed.flatMap(({ row, claims }): readonly ProjectedClaim[] => (row === null ? [] : claims)),
    (claim) => [
      claim.paperId,
      claim.ordinal,
      claim.claimId,
      claim.kind,
      claim.text,
      claim.status,
      claim.attestation,
      claim.source,
    ],
  );
}

const noKeys: ReadonlySet<string> = new Set();

function* planKeys(rows: RowChanges, changes: readonly PaperChange[]): Planning<void> {
  // A paper of which nothing is stored has no keys.
  const stored = changes.filter(({ isStored }) => isStored).map(({ paperId }) => paperId);
  const before = new Map<bigint, Set<string>>(stored.map((paperId) => [paperId, new Set()]));
  if (stored.length > 0) {
    for (const [paperId, key] of yield* lookUp("paperKeys", stored)) before.get(paperId)?.add(key);
  }
  const added: Cell[][] = [];
  const dropped: Cell[][] = [];
  for (const { paperId, keys } of changes) {
    const known = before.get(paperId) ?? noKeys;
    for (const key of keys) if (!known.has(key)) added.push([key, paperId]);
    for (const key of known) if (!keys.has(key)) dropped.push([key, paperId]);
  }
  rows.insert("paper_keys", ["key", "paper_id"], added, (cells) => cells);
  rows.delete("paper_keys", ["key", "paper_id"], dropped);
}
