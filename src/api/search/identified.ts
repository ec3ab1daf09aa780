import { isPithNumber, parsePaperRef } from "../../protocol/index.ts";
import { paperIdOf } from "../../store/ids.ts";
import { ApiError } from "../errors.ts";
import type { Loaders } from "../loaders/index.ts";
import type { PaperRow } from "../loaders/papers.ts";
import type { WorkRow } from "../loaders/works.ts";

/** What a query names outright, if it is an identifier: papers, or a work of which none is held. */
export type Identified = { readonly papers: readonly PaperRow[]; readonly work: WorkRow | null };

const nothing: Identified = { papers: [], work: null };

/** Looks the whole query up as `paper(ref:)` and `work(ref:)` do. A short form that fits several papers gives ten at most. */
export async function identifiedBy(query: string, loaders: Loaders): Promise<Identified> {
  const ref = parsePaperRef(query);
  if (ref === null) return nothing;
  const written = query.trim();
  if (ref.kind !== "work_id") {
    const papers = await papersBy(written, loaders);
    if (papers.length > 0) return { papers, work: null };
  }
  const work = ref.kind === "pith" ? null : await loaders.workByRef.load(written);
  const paper = work?.paperId == null ? null : await loaders.paper.load(work.paperId);
  return paper === null ? { papers: [], work } : { papers: [paper], work: null };
}

async function papersBy(ref: string, loaders: Loaders): Promise<PaperRow[]> {
  try {
    const paper = await loaders.paperByRef.load(ref);
    return paper === null ? [] : [paper];
  } catch (error) {
    if (!(error instanceof ApiError) || error.extensions["code"] !== "AMBIGUOUS_REF") throw error;
    const numbers = error.extensions["pithNumbers"];
    const ids = (Array.isArray(numbers) ? numbers : []).filter(isPithNumber).map(paperIdOf);
    return (await Promise.all(ids.map((id) => loaders.paper.load(id)))).filter((paper) => paper !== null);
  }
}
