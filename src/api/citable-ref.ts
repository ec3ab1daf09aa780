import { parsePaperRef } from "../protocol/index.ts";
import type { Loaders } from "./loaders/index.ts";

/** What a bibliography can cite: a stored paper, or a cited work without a stored paper. */
type CitableRef =
  | { readonly kind: "paper"; readonly pithNumber: string }
  | { readonly kind: "work"; readonly workId: bigint };

/**
 * Resolves a ref for a bibliography: the stored paper, else the cited work. Null if neither is known, or if the ref
 * names a version and another one is stored. Rejects as `paperByRef` and `workByRef` do.
 */
export async function findCitable(
  ref: string,
  loaders: Pick<Loaders, "paper" | "paperByRef" | "workByRef">,
): Promise<CitableRef | null> {
  // A work id never names a paper.
  const namesWork = parsePaperRef(ref)?.kind === "work_id";
  const paper = namesWork ? null : await loaders.paperByRef.load(ref);
  if (paper !== null) return { kind: "paper", pithNumber: paper.pithNumber };
  const work = await loaders.workByRef.load(ref);
  if (work === null) return null;
  if (work.paperId === null) return { kind: "work", workId: work.workId };
  const stored = namesWork ? await loaders.paper.load(work.paperId) : null;
  return stored === null ? null : { kind: "paper", pithNumber: stored.pithNumber };
}
