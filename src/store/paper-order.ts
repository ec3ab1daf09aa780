import { proofRank } from "../protocol/index.ts";
import type { papers } from "./tables/index.ts";

type Row = typeof papers.$inferSelect;

/** What decides which of several versions comes first. */
type VersionRow = Pick<Row, "pithNumber" | "sourceVersion" | "submittedAt">;

/** Latest version first; then by submission, latest first; then by Pith number. Negative where `a` comes first. */
export function compareVersions(a: VersionRow, b: VersionRow): number {
  return (
    (b.sourceVersion ?? -1) - (a.sourceVersion ?? -1) ||
    compareText(b.submittedAt, a.submittedAt) ||
    compareText(a.pithNumber, b.pithNumber)
  );
}

/**
 * Which of several papers of one work stands for it, the same on every mirror: the best proved, of equally proved ones
 * the latest. `Work.paper` and `paper(ref:)` without a version both give the first in this order.
 */
export function compareStandIns(
  a: VersionRow & Pick<Row, "proof">,
  b: VersionRow & Pick<Row, "proof">,
): number {
  return proofRank(b.proof) - proofRank(a.proof) || compareVersions(a, b);
}

/** Of ASCII texts. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
