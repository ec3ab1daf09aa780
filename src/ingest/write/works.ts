import type { CitationChanges } from "./citations.ts";
import { refuseCollision } from "./collision.ts";
import type { Identifiers } from "./identifiers.ts";
import type { PaperChange } from "./paper-change.ts";
import type { ReferenceChange } from "./references.ts";
import type { WriteSession } from "./session.ts";
import { type OtherPapers, standingPapers } from "./work-papers.ts";
import { readWorks, storeWorks, type Work, type WorkChanges } from "./work-rows.ts";
import { assignPapers, nameByReferences, yearOfWork } from "./work-titles.ts";

/**
 * Writes the works that a batch touches: their papers, titles and kept counts; those that nothing names any more
 * go. Called last, when papers, references and edges are written.
 *
 * @returns the works that are new, and those that are gone.
 */
export async function writeWorks(
  session: WriteSession,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
  referenceChanges: readonly ReferenceChange[],
  { counts }: CitationChanges,
  others: OtherPapers,
): Promise<WorkChanges> {
  const keys = workKeys(changes, identifiers);
  const touched = new Set<bigint>([...keys.keys(), ...counts.keys()]);
  for (const { before } of changes) if (before !== null) touched.add(before.workId);
  // A reference may go on citing the same work and yet no longer be the one that names it. Where there was none
  // before, what is cited has been counted.
  for (const { before, after } of referenceChanges) {
    if (before.length === 0) continue;
    for (const { citedWorkId } of before) touched.add(citedWorkId);
    for (const { citedWorkId } of after) touched.add(citedWorkId);
  }
  const stored = await readWorks(session, touched);
  for (const [id, key] of keys) {
    const work = stored.get(id);
    if (work !== undefined && work.key !== key) refuseCollision(work.key, key);
  }

  const works = new Map<bigint, Work>();
  for (const id of touched) {
    const before = stored.get(id);
    const key = before?.key ?? keys.get(id);
    if (key === undefined) continue;
    const change = counts.get(id);
    works.set(id, {
      key,
      paperId: before?.paperId ?? null,
      title: before?.title ?? null,
      year: before === undefined ? yearOfWork(key, null) : before.year,
      statedYear: before?.statedYear ?? null,
      titledBy: before?.titledBy ?? null,
      citedByCount: (before?.citedByCount ?? 0) + (change?.citedBy ?? 0),
      citingPaperCount: (before?.citingPaperCount ?? 0) + (change?.citingPapers ?? 0),
      referenceCount: (before?.referenceCount ?? 0) + (change?.references ?? 0),
      anchoredWorkCount: (before?.anchoredWorkCount ?? 0) + (change?.anchoredWorks ?? 0),
    });
  }
  assignPapers(works, standingPapers(changes, others));
  await nameByReferences(session, changes, referenceChanges, works, stored);
  return storeWorks(session, works, stored);
}

/** The keys of the works that a batch may have to make. */
function workKeys(changes: readonly PaperChange[], identifiers: Identifiers): Map<bigint, string> {
  const keys = new Map<bigint, string>();
  const note = (id: bigint, key: string) => {
    const other = keys.get(id);
    if (other === undefined) keys.set(id, key);
    else if (other !== key) refuseCollision(other, key);
  };
  for (const { id, kind, value, workId } of identifiers.byId.values()) {
    if (workId === id) note(id, `${kind}:${value}`);
  }
  for (const { row, workKey, references, hasNewContent } of changes) {
    if (row === null) continue;
    note(row.workId, workKey);
    if (!hasNewContent) continue;
    for (const { own, arxivId, arxivName } of references) {
      if (own !== null) note(own.id, own.key);
      if (arxivId !== null) note(arxivId, `arxiv:${arxivName}`);
    }
  }
  return keys;
}
