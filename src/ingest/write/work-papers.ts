import type { Proof } from "../../protocol/index.ts";
import { compareStandIns } from "../../store/paper-order.ts";
import { bigintArray } from "../../store/rows.ts";
import type { PaperChange } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";

/** A paper, as far as it decides which paper stands for a work. */
export type WorkPaper = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly sourceVersion: number | null;
  readonly proof: Proof;
  /** `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
  readonly submittedAt: string;
  readonly title: string | null;
};

/** Of each work the paper that would stand for it, were there none of the batch; no entry where none is held. */
export type OtherPapers = ReadonlyMap<bigint, WorkPaper>;

/** Reads, of the works whose papers a batch changes, which of their other papers comes first. */
export async function readOtherPapers(
  session: WriteSession,
  changes: readonly PaperChange[],
): Promise<OtherPapers> {
  const works = bigintArray(affectedWorks(changes));
  const changed = bigintArray(changes.map(({ paperId }) => paperId));
  const rows = await session.rowsBeforeByIndex<
    [
      workId: string,
      paperId: string,
      pithNumber: string,
      sourceVersion: number | null,
      proof: Proof,
      submittedAt: string,
      title: string | null,
    ]
  >(
    `SELECT work_id, paper_id, pith_number, source_version, proof,
       to_char(submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), title
     FROM papers WHERE work_id = ANY('${works}'::bigint[]) AND paper_id <> ALL('${changed}'::bigint[])`,
  );
  const others = new Map<bigint, WorkPaper>();
  for (const [work, paperId, pithNumber, sourceVersion, proof, submittedAt, title] of rows) {
    const workId = BigInt(work);
    const paper = { paperId: BigInt(paperId), pithNumber, sourceVersion, proof, submittedAt, title };
    const best = others.get(workId);
    if (best === undefined || compareStandIns(paper, best) < 0) others.set(workId, paper);
  }
  return others;
}

/** The works whose papers a batch changes. */
function affectedWorks(changes: readonly PaperChange[]): Set<bigint> {
  const affected = new Set<bigint>();
  for (const { before, row } of changes) {
    if (before !== null) affected.add(before.workId);
    if (row !== null) affected.add(row.workId);
  }
  return affected;
}

/**
 * The paper that stands for each work whose papers a batch changes (store/paper-order.ts). Null for a work that has
 * none any more.
 */
export function standingPapers(
  changes: readonly PaperChange[],
  others: OtherPapers,
): Map<bigint, WorkPaper | null> {
  const standing = new Map<bigint, WorkPaper | null>();
  for (const id of affectedWorks(changes)) standing.set(id, others.get(id) ?? null);
  for (const { row } of changes) {
    if (row === null) continue;
    const { paperId, pithNumber, sourceVersion, proof, submittedAt, title } = row;
    const paper = { paperId, pithNumber, sourceVersion, proof, submittedAt, title };
    const best = standing.get(row.workId) ?? null;
    if (best === null || compareStandIns(paper, best) < 0) standing.set(row.workId, paper);
  }
  return standing;
}
