import { type Proof, proofRank, yearOfArxivId } from "../../protocol/index.ts";
import { bigintArray } from "../../store/rows.ts";
import type { PaperChange } from "./paper-change.ts";
import type { ReferenceChange } from "./references.ts";
import type { WriteSession } from "./session.ts";
import type { WorkPaper } from "./work-papers.ts";
import type { TitleSource, Work } from "./work-rows.ts";

type Title = TitleSource & { readonly title: string; readonly year: number | null };

/**
 * The year of a work of which no paper is held: that of its arXiv id, which nobody can state wrongly, where the id tells
 * one; else the year that a reference states.
 */
export function yearOfWork(key: string, stated: number | null): number | null {
  return (key.startsWith("arxiv:") ? yearOfArxivId(key.slice("arxiv:".length)) : null) ?? stated;
}

/** The paper that stands for a work gives it its year, and its title where its own is known. */
export function assignPapers(
  works: ReadonlyMap<bigint, Work>,
  standing: ReadonlyMap<bigint, WorkPaper | null>,
): void {
  for (const [id, paper] of standing) {
    const work = works.get(id);
    if (work === undefined) continue;
    work.paperId = paper?.paperId ?? null;
    if (paper === null) continue;
    work.year = Number(paper.submittedAt.slice(0, 4));
    if (paper.title === null && work.titledBy !== null) continue;
    work.title = paper.title;
    work.titledBy = null;
    work.statedYear = null;
  }
}

/** Whether the paper that stands for a work gives it its title. */
function hasOwnTitle({ paperId, title, titledBy }: Work): boolean {
  return paperId !== null && title !== null && titledBy === null;
}

/**
 * A work that no paper held gives a title has that of the best proved reference to it, of equally proved ones that
 * of the smallest paper id and ordinal.
 */
export async function nameByReferences(
  session: WriteSession,
  changes: readonly PaperChange[],
  referenceChanges: readonly ReferenceChange[],
  works: ReadonlyMap<bigint, Work>,
  stored: ReadonlyMap<bigint, Work>,
): Promise<void> {
  const changed = new Map(changes.map((change) => [change.paperId, change]));
  const ask = new Set<bigint>();
  const lost = new Set<bigint>();
  const candidates = new Map<bigint, Title>();
  for (const { paperId, isMove, before, after } of referenceChanges) {
    // What was taken away may have been what named the work; so may what was moved.
    for (const { citedWorkId, ordinal } of before) {
      const source = stored.get(citedWorkId)?.titledBy;
      if (source?.paperId === paperId && source.ordinal === ordinal) lost.add(citedWorkId);
    }
    const change = changed.get(paperId);
    const standing = change?.row?.proof;
    for (const [index, { citedWorkId, ordinal }] of after.entries()) {
      // What was written stands in the order of what was projected: both list the snapshot's references.
      const reference = isMove ? undefined : change?.references[index];
      if (reference === undefined || standing === undefined) {
        ask.add(citedWorkId);
        continue;
      }
      const { title, year } = reference;
      const work = works.get(citedWorkId);
      if (title === null || work === undefined || hasOwnTitle(work)) continue;
      const candidate = { standing, paperId, ordinal, title, year };
      const best = candidates.get(citedWorkId) ?? work.titledBy;
      // As good as what is stored counts as well: it may be the same reference of a new snapshot.
      if (best === null || !isBetterSource(best, candidate)) candidates.set(citedWorkId, candidate);
    }
  }
  for (const [id, work] of works) {
    if (hasOwnTitle(work)) continue;
    const before = stored.get(id);
    const lostPaper = before !== undefined && before.paperId !== null && work.paperId === null;
    if (lostPaper || (before !== undefined && hasOwnTitle(before))) ask.add(id);
    const candidate = candidates.get(id);
    if (candidate !== undefined) {
      // As good as the best that was stored, like the same reference of a new snapshot: nothing stored is better.
      if (work.titledBy !== null) lost.delete(id);
      setTitle(work, candidate);
    }
  }
  const asked = [...new Set([...ask, ...lost])].filter((id) => {
    const work = works.get(id);
    return work !== undefined && !hasOwnTitle(work);
  });
  const titles = await readTitles(session, asked);
  for (const id of asked) setTitle(works.get(id) as Work, titles.get(id) ?? null);
}

function setTitle(work: Work, title: Title | null): void {
  work.title = title?.title ?? null;
  work.statedYear = title?.year ?? null;
  if (work.paperId === null) work.year = yearOfWork(work.key, work.statedYear);
  work.titledBy =
    title === null ? null : { standing: title.standing, paperId: title.paperId, ordinal: title.ordinal };
}

function isBetterSource(a: TitleSource, b: TitleSource): boolean {
  const proofs = proofRank(a.standing) - proofRank(b.standing);
  if (proofs !== 0) return proofs > 0;
  return a.paperId === b.paperId ? a.ordinal < b.ordinal : a.paperId < b.paperId;
}

/** Papers whose references are read at once. */
const papersAtOnce = 5_000;

/** The best title that any reference gives each of these works: `citing_papers` names the papers that have them. */
async function readTitles(session: WriteSession, ids: readonly bigint[]): Promise<Map<bigint, Title>> {
  const titles = new Map<bigint, Title>();
  if (ids.length === 0) return titles;
  const works = bigintArray(ids);
  const citing = await session.read<{ paper_id: string }>(
    "SELECT DISTINCT paper_id FROM citing_papers WHERE cited_work_id = ANY($1::bigint[])",
    [works],
  );
  for (let start = 0; start < citing.length; start += papersAtOnce) {
    const papers = citing.slice(start, start + papersAtOnce).map((row) => row.paper_id);
    const rows = await session.read<{
      work_id: string;
      proof: Proof;
      paper_id: string;
      ordinal: number;
      title: string;
      year: number | null;
    }>(
      `SELECT DISTINCT ON (r.cited_work_id) r.cited_work_id AS work_id, p.proof, r.paper_id, r.ordinal, r.title, r.year
       FROM "references" r JOIN papers p USING (paper_id)
       WHERE r.paper_id = ANY($2::bigint[]) AND r.cited_work_id = ANY($1::bigint[]) AND r.title IS NOT NULL
       ORDER BY r.cited_work_id, p.proof DESC, r.paper_id, r.ordinal`,
      [works, `{${papers.join(",")}}`],
    );
    for (const { work_id, paper_id, proof, ordinal, title, year } of rows) {
      const candidate = { standing: proof, paperId: BigInt(paper_id), ordinal, title, year };
      const best = titles.get(BigInt(work_id));
      if (best === undefined || isBetterSource(candidate, best)) titles.set(BigInt(work_id), candidate);
    }
  }
  return titles;
}
