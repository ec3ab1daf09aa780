import { proofRank, yearOfArxivId } from "../../protocol/index.ts";
import type { StoredWork, Title, TitleSource } from "./lookups.ts";
import { type PaperChange, replacedPapers } from "./papers.ts";
import { lookUp, type Planning } from "./planning.ts";
import type { ReferenceChanges } from "./references.ts";

/**
 * The year of a work without papers: the year in its arXiv id, which cannot be misstated, if it has one; otherwise the
 * year stated by a reference.
 */
export function yearOfWork(key: string, stated: number | null): number | null {
  return (key.startsWith("arxiv:") ? yearOfArxivId(key.slice("arxiv:".length)) : null) ?? stated;
}

/** Whether the work's title comes from the paper that represents it. */
function hasOwnTitle({ paperId, title, titledBy }: StoredWork): boolean {
  return paperId !== null && title !== null && titledBy === null;
}

/**
 * Titles a work that no paper titles after the best proved reference to it; among equally proved ones, after that with
 * the smallest paper id and ordinal. Modifies the works.
 */
export function* titleByReferences(
  changes: readonly PaperChange[],
  references: ReferenceChanges,
  works: ReadonlyMap<bigint, StoredWork>,
  stored: ReadonlyMap<bigint, StoredWork>,
): Planning<void> {
  const { replaced, moved } = references;
  /** Works for which all references must be compared. */
  const open = new Set<bigint>();
  /** Works whose title came from a reference that was removed. */
  const lost = new Set<bigint>();
  for (const { paperId, before } of [...replaced, ...moved]) {
    // A removed or moved reference may be the one that gave the work its title.
    for (const { citedWorkId, ordinal } of before) {
      const source = stored.get(citedWorkId)?.titledBy;
      if (source?.paperId === paperId && source.ordinal === ordinal) lost.add(citedWorkId);
    }
  }
  for (const { after } of moved) for (const { citedWorkId } of after) open.add(citedWorkId);
  const candidates = new Map<bigint, Title>();
  for (const [workId, title] of newTitles(changes, references)) {
    const work = works.get(workId);
    if (work === undefined || hasOwnTitle(work)) continue;
    const best = candidates.get(workId) ?? work.titledBy;
    // One that equals the stored source counts as well: it may be the same reference in a new snapshot.
    if (best === null || !isBetterSource(best, title)) candidates.set(workId, title);
  }
  for (const [id, work] of works) {
    if (hasOwnTitle(work)) continue;
    const before = stored.get(id);
    const lostPaper = before !== undefined && before.paperId !== null && work.paperId === null;
    if (lostPaper || (before !== undefined && hasOwnTitle(before))) open.add(id);
    const candidate = candidates.get(id);
    if (candidate !== undefined) {
      // As good as the stored source, or better (the same reference in a new snapshot): no stored one is better.
      if (work.titledBy !== null) lost.delete(id);
      setTitle(work, candidate);
    }
  }
  const compared = [...new Set([...open, ...lost])].filter((id) => {
    const work = works.get(id);
    return work !== undefined && !hasOwnTitle(work);
  });
  if (compared.length === 0) return;
  const titles = yield* bestTitles(compared, changes, references);
  for (const id of compared) setTitle(works.get(id) as StoredWork, titles.get(id) ?? null);
}

/** The best title from any reference for each of these works after the batch. */
function* bestTitles(
  workIds: readonly bigint[],
  changes: readonly PaperChange[],
  references: ReferenceChanges,
): Planning<Map<bigint, Title>> {
  const titles = new Map(yield* lookUp("titles", workIds, replacedPapers(changes), references.movedBy));
  const requested = new Set(workIds);
  const consider = (workId: bigint, title: Title) => {
    const best = titles.get(workId);
    if (requested.has(workId) && (best === undefined || isBetterSource(title, best)))
      titles.set(workId, title);
  };
  for (const [workId, title] of newTitles(changes, references)) consider(workId, title);
  for (const { after } of references.moved) {
    for (const { citedWorkId, title, ...source } of after) {
      if (title !== null) consider(citedWorkId, { ...source, title });
    }
  }
  return titles;
}

/** The titles in the new references of a batch. */
function* newTitles(
  changes: readonly PaperChange[],
  { replaced }: ReferenceChanges,
): Generator<[workId: bigint, title: Title]> {
  const changed = new Map(changes.map((change) => [change.paperId, change]));
  for (const { paperId, after } of replaced) {
    const change = changed.get(paperId);
    const proof = change?.row?.proof;
    if (proof === undefined) continue;
    for (const [index, { citedWorkId, ordinal }] of after.entries()) {
      // Both lists are in the order of the snapshot's references.
      const { title = null, year = null } = change?.references[index] ?? {};
      if (title !== null) yield [citedWorkId, { proof, paperId, ordinal, title, year }];
    }
  }
}

function setTitle(work: StoredWork, title: Title | null): void {
  work.title = title?.title ?? null;
  work.statedYear = title?.year ?? null;
  if (work.paperId === null) work.year = yearOfWork(work.key, work.statedYear);
  work.titledBy =
    title === null ? null : { proof: title.proof, paperId: title.paperId, ordinal: title.ordinal };
}

function isBetterSource(a: TitleSource, b: TitleSource): boolean {
  const proofs = proofRank(a.proof) - proofRank(b.proof);
  if (proofs !== 0) return proofs > 0;
  return a.paperId === b.paperId ? a.ordinal < b.ordinal : a.paperId < b.paperId;
}
