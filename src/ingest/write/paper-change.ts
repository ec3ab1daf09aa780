import type { Proof } from "../../protocol/index.ts";
import type { ClaimRow } from "../project/claims.ts";
import type { PaperRow } from "../project/paper.ts";
import type { ProjectedReference } from "../project/references.ts";

/** What a paper's derived rows shall be; `row` is null where there shall be none. */
export type PaperTarget = {
  readonly paperId: bigint;
  readonly row: PaperRow | null;
  /** Key of the work it belongs to. */
  readonly workKey: string;
  /** What finds it. */
  readonly keys: ReadonlySet<string>;
  readonly claims: readonly ClaimRow[];
  readonly references: readonly ProjectedReference[];
};

/** What the tables say of a paper before the change. */
export type PaperBefore = {
  readonly workId: bigint;
  /** As PostgreSQL prints it. */
  readonly submittedAt: string;
  readonly proof: Proof;
  readonly snapshotEventId: string | null;
  readonly claimCount: number;
  readonly references: readonly StoredReference[];
};

export type StoredReference = {
  readonly paperId: bigint;
  readonly ordinal: number;
  readonly arxivId: bigint | null;
  readonly doiId: bigint | null;
  readonly workUuidId: bigint | null;
  readonly citedWorkId: bigint;
  readonly isInternalAnchor: boolean;
};

/** A paper's derived rows, before and after. */
export type PaperChange = PaperTarget & {
  /** Whether anything of it was held before, a row in `papers` or not. */
  readonly isHeld: boolean;
  readonly before: PaperBefore | null;
  /** Whether another snapshot is current, or the same with another standing: its claims and references are new. */
  readonly hasNewContent: boolean;
};

export function changeOf(target: PaperTarget, before: PaperBefore | null, isHeld: boolean): PaperChange {
  const hasNewContent =
    before?.snapshotEventId !== (target.row?.snapshotEventId ?? null) ||
    before.proof !== target.row?.proof ||
    target.row === null;
  return { ...target, before, isHeld, hasNewContent };
}

/** The references that the change takes away, and those it brings. */
export function removedReferences(changes: readonly PaperChange[]): StoredReference[] {
  return changes.flatMap(({ before, hasNewContent }) => (hasNewContent ? (before?.references ?? []) : []));
}

export function addedReferences(
  changes: readonly PaperChange[],
): { reference: ProjectedReference; standing: Proof }[] {
  return changes.flatMap(({ row, references, hasNewContent }) =>
    hasNewContent && row !== null ? references.map((reference) => ({ reference, standing: row.proof })) : [],
  );
}
