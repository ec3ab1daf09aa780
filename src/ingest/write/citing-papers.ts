import { bigintArray } from "../../store/rows.ts";
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
  if (dropped.length > 0) {
    // With the whole key: of a much cited work no other row is looked at.
    session.write(
      `DELETE FROM citing_papers USING unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS gone (cited, submitted, paper)
       WHERE cited_work_id = gone.cited AND submitted_at = gone.submitted AND paper_id = gone.paper`,
      [
        bigintArray(dropped.map(({ cited }) => cited)),
        dropped.map(({ submitted }) => submitted),
        bigintArray(dropped.map(({ paperId }) => paperId)),
      ],
    );
  }
  session.insert(
    "citing_papers",
    ["cited_work_id", "submitted_at", "paper_id"],
    inKeyOrder(added, ({ cited }) => cited).map(({ cited, submitted, paperId }) => [
      cited,
      submitted,
      paperId,
    ]),
  );
}
