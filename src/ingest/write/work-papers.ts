import { type Proof, proofRank } from "../../protocol/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { PaperChange } from "./paper-change.ts";
import type { WriteSession } from "./session.ts";

/** A paper, as far as it decides which paper stands for a work. */
export type WorkPaper = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly version: number | null;
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
  // For each work by itself: joined any other way, a server that knows nothing of the table yet reads all of it.
  const rows = await session.rowsBefore<
    [
      workId: string,
      paperId: string,
      pithNumber: string,
      version: number | null,
      proof: Proof,
      submittedAt: string,
      title: string | null,
    ]
  >(
    `SELECT work.id, other.* FROM unnest($1::bigint[]) AS work (id) CROSS JOIN LATERAL
       (SELECT paper_id, pith_number, source_version, proof,
               to_char(submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), title
        FROM papers WHERE work_id = work.id AND paper_id <> ALL($2::bigint[])
        ORDER BY source_version DESC NULLS LAST, proof DESC, submitted_at DESC, pith_number COLLATE "C"
        LIMIT 1) AS other`,
    [bigintArray(affectedWorks(changes)), bigintArray(changes.map(({ paperId }) => paperId))],
  );
  const others = new Map<bigint, WorkPaper>();
  for (const [workId, paperId, pithNumber, version, proof, submittedAt, title] of rows) {
    const paper = { paperId: BigInt(paperId), pithNumber, version, proof, submittedAt, title };
    others.set(BigInt(workId), paper);
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
 * The paper that stands for each work whose papers a batch changes: of several versions the latest, of those the best
 * proved. Null for a work that has none any more.
 */
export function standingPapers(
  changes: readonly PaperChange[],
  others: OtherPapers,
): Map<bigint, WorkPaper | null> {
  const standing = new Map<bigint, WorkPaper | null>();
  for (const id of affectedWorks(changes)) standing.set(id, others.get(id) ?? null);
  for (const { row } of changes) {
    if (row === null) continue;
    const { paperId, pithNumber, sourceVersion: version, proof, submittedAt, title } = row;
    const paper = { paperId, pithNumber, version, proof, submittedAt, title };
    const best = standing.get(row.workId) ?? null;
    if (best === null || comesBefore(paper, best)) standing.set(row.workId, paper);
  }
  return standing;
}

/** The order of `readOtherPapers`. */
function comesBefore(a: WorkPaper, b: WorkPaper): boolean {
  const versions = (a.version ?? -1) - (b.version ?? -1);
  if (versions !== 0) return versions > 0;
  const proofs = proofRank(a.proof) - proofRank(b.proof);
  if (proofs !== 0) return proofs > 0;
  return a.submittedAt === b.submittedAt ? a.pithNumber < b.pithNumber : a.submittedAt > b.submittedAt;
}
