import { type CountChanges, countOf } from "./count-changes.ts";
import type { ReferenceChange } from "./references.ts";
import { inKeyOrder } from "./row-order.ts";
import type { WriteSession } from "./session.ts";

type CitingPaper = { readonly cited: bigint; readonly submitted: string; readonly paperId: bigint };

/**
 * Makes `citing_papers` what the references say. A record's time is under its hash: it never changes, so only the works
 * cited can.
 */
export function writeCitingPapers(
  session: WriteSession,
  submittedAt: ReadonlyMap<bigint, string>,
  referenceChanges: readonly ReferenceChange[],
  counts: CountChanges,
): void {
  const added: CitingPaper[] = [];
  const dropped: CitingPaper[] = [];
  for (const { paperId, before, after } of referenceChanges) {
    const submitted = submittedAt.get(paperId);
    if (submitted === undefined) continue;
    const old = new Set(before.map(({ citedWorkId }) => citedWorkId));
    const now = new Set(after.map(({ citedWorkId }) => citedWorkId));
    for (const cited of now) {
      if (old.has(cited)) continue;
      added.push({ cited, submitted, paperId });
      countOf(counts, cited).citingPapers++;
    }
    for (const cited of old) {
      if (now.has(cited)) continue;
      dropped.push({ cited, submitted, paperId });
      countOf(counts, cited).citingPapers--;
    }
  }
  const columns = ["cited_work_id", "submitted_at", "paper_id"];
  const cellsOf = ({ cited, submitted, paperId }: CitingPaper) => [cited, submitted, paperId];
  // With the whole key: of a much cited work no other row is looked at.
  session.remove("citing_papers", columns, dropped.map(cellsOf));
  const ordered = inKeyOrder(added, ({ cited }) => cited);
  session.insertOf("citing_papers", columns, ordered, cellsOf);
}
