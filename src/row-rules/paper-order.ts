import { type Proof, proofRank } from "../protocol/index.ts";

/** The columns that order versions. */
type VersionRow = {
  readonly pithNumber: string;
  readonly sourceVersion: number | null;
  readonly submittedAt: string;
};

/** Latest version first, then latest submission, then by Pith number. Negative if `a` comes first. */
export function compareVersions(a: VersionRow, b: VersionRow): number {
  return (
    (b.sourceVersion ?? -1) - (a.sourceVersion ?? -1) ||
    compareText(b.submittedAt, a.submittedAt) ||
    compareText(a.pithNumber, b.pithNumber)
  );
}

/**
 * Orders the papers of one work, the same on every mirror: highest proof first, then the latest version. `Work.paper`,
 * and `paper(ref:)` without a version, return the first paper in this order.
 */
export function comparePapersOfWork(
  a: VersionRow & { readonly proof: Proof },
  b: VersionRow & { readonly proof: Proof },
): number {
  return proofRank(b.proof) - proofRank(a.proof) || compareVersions(a, b);
}

/** Compares two ASCII texts. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
