import { type Proof, proofRank } from "../../protocol/index.ts";
import { bigintArray, type Cell } from "../../store/rows.ts";
import type { CitationChanges } from "./citations.ts";
import { refuseCollision } from "./collision.ts";
import type { Identifiers } from "./identifiers.ts";
import type { PaperChange } from "./paper-change.ts";
import type { ReferenceChange } from "./references.ts";
import type { WriteSession } from "./session.ts";
import { type OtherPapers, standingPapers, type WorkPaper } from "./work-papers.ts";

/** A row of `works`. */
type Work = {
  key: string;
  paperId: bigint | null;
  title: string | null;
  year: number | null;
  /** Which reference gave the title, and the year where no paper is held. */
  titledBy: TitleSource | null;
  citedByCount: number;
  citingPaperCount: number;
  referenceCount: number;
};

type WorkEntry = readonly [id: bigint, work: Work];

export type WorkChanges = { readonly added: readonly bigint[]; readonly removed: readonly bigint[] };

type TitleSource = { readonly standing: Proof; readonly paperId: bigint; readonly ordinal: number };
type Title = TitleSource & { readonly title: string; readonly year: number | null };

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
  counts: CitationChanges,
  others: OtherPapers,
): Promise<WorkChanges> {
  const keys = workKeys(changes, identifiers);
  const touched = new Set<bigint>([
    ...keys.keys(),
    ...counts.citedBy.keys(),
    ...counts.citingPapers.keys(),
    ...counts.references.keys(),
  ]);
  for (const { before } of changes) if (before !== null) touched.add(before.workId);
  // A reference may go on citing the same work and yet no longer be the one that names it.
  for (const { before, after } of referenceChanges) {
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
    works.set(id, {
      key,
      paperId: before?.paperId ?? null,
      title: before?.title ?? null,
      year: before?.year ?? null,
      titledBy: before?.titledBy ?? null,
      citedByCount: (before?.citedByCount ?? 0) + (counts.citedBy.get(id) ?? 0),
      citingPaperCount: (before?.citingPaperCount ?? 0) + (counts.citingPapers.get(id) ?? 0),
      referenceCount: (before?.referenceCount ?? 0) + (counts.references.get(id) ?? 0),
    });
  }
  assignPapers(works, standingPapers(changes, others));
  await nameByReferences(session, changes, referenceChanges, works, stored);
  return store(session, works, stored);
}

/** The keys of the works that a batch may have to make. */
function workKeys(changes: readonly PaperChange[], identifiers: Identifiers): Map<bigint, string> {
  const keys = new Map<bigint, string>();
  const note = (id: bigint, key: string) => {
    const other = keys.get(id);
    if (other !== undefined && other !== key) refuseCollision(other, key);
    keys.set(id, key);
  };
  for (const { id, kind, value, workId } of identifiers.byId.values()) {
    if (workId === id) note(id, `${kind}:${value}`);
  }
  for (const { row, workKey, references, hasNewContent } of changes) {
    if (row === null) continue;
    note(row.workId, workKey);
    if (!hasNewContent) continue;
    for (const { own } of references) if (own !== null) note(own.id, own.key);
  }
  return keys;
}

async function readWorks(session: WriteSession, ids: Iterable<bigint>): Promise<Map<bigint, Work>> {
  const rows = await session.rowsBefore<
    [
      id: string,
      key: string,
      paperId: string | null,
      title: string | null,
      year: number | null,
      standing: Proof | null,
      titlePaperId: string | null,
      titleOrdinal: number | null,
      citedBy: number,
      citingPapers: number,
      references: number,
    ]
  >(`SELECT ${columns.join(", ")} FROM works WHERE work_id = ANY($1::bigint[])`, [bigintArray(ids)]);
  const works = new Map<bigint, Work>();
  for (const row of rows) {
    const [id, key, paperId, title, year, standing, titlePaperId, ordinal] = row;
    works.set(BigInt(id), {
      key,
      paperId: paperId === null ? null : BigInt(paperId),
      title,
      year,
      titledBy:
        standing === null || titlePaperId === null || ordinal === null
          ? null
          : { standing, paperId: BigInt(titlePaperId), ordinal },
      citedByCount: row[8],
      citingPaperCount: row[9],
      referenceCount: row[10],
    });
  }
  return works;
}

/** The paper that stands for a work gives it its year, and its title where its own is known. */
function assignPapers(
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
async function nameByReferences(
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
  if (work.paperId === null) work.year = title?.year ?? null;
  work.titledBy =
    title === null ? null : { standing: title.standing, paperId: title.paperId, ordinal: title.ordinal };
}

function isBetterSource(a: TitleSource, b: TitleSource): boolean {
  const proofs = proofRank(a.standing) - proofRank(b.standing);
  if (proofs !== 0) return proofs > 0;
  return a.paperId === b.paperId ? a.ordinal < b.ordinal : a.paperId < b.paperId;
}

async function readTitles(session: WriteSession, ids: readonly bigint[]): Promise<Map<bigint, Title>> {
  if (ids.length === 0) return new Map();
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
     WHERE r.cited_work_id = ANY($1::bigint[]) AND r.title IS NOT NULL
     ORDER BY r.cited_work_id, p.proof DESC, r.paper_id, r.ordinal`,
    [bigintArray(ids)],
  );
  return new Map(
    rows.map((row) => [
      BigInt(row.work_id),
      {
        standing: row.proof,
        paperId: BigInt(row.paper_id),
        ordinal: row.ordinal,
        title: row.title,
        year: row.year,
      },
    ]),
  );
}

function store(
  session: WriteSession,
  works: ReadonlyMap<bigint, Work>,
  stored: ReadonlyMap<bigint, Work>,
): WorkChanges {
  const added: WorkEntry[] = [];
  const recounted: WorkEntry[] = [];
  const renamed: WorkEntry[] = [];
  const gone: bigint[] = [];
  for (const [id, work] of works) {
    const before = stored.get(id);
    if (work.paperId === null && work.citedByCount <= 0) {
      if (before !== undefined) gone.push(id);
    } else if (before === undefined) added.push([id, work]);
    else if (!isNamedAlike(before, work)) renamed.push([id, work]);
    else if (!isCountedAlike(before, work)) recounted.push([id, work]);
  }
  writeCounts(session, recounted);
  session.put(
    "works",
    columns,
    { added: inKeyOrder(added).map(cellsOf), changed: inKeyOrder(renamed).map(cellsOf) },
    `ON CONFLICT (work_id) DO UPDATE SET ${columns
      .slice(2)
      .map((column) => `${column} = excluded.${column}`)
      .join(", ")}`,
  );
  if (gone.length > 0) {
    session.write("DELETE FROM works WHERE work_id = ANY($1::bigint[])", [bigintArray(gone)]);
  }
  return { added: added.map(([id]) => id), removed: gone };
}

/** In this order the rows meet each page of an index once. */
function inKeyOrder(works: readonly WorkEntry[]): WorkEntry[] {
  return works.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The most frequent change by far: a work that is known is cited once more. */
function writeCounts(session: WriteSession, works: readonly WorkEntry[]): void {
  if (works.length === 0) return;
  const sorted = inKeyOrder(works);
  session.write(
    `UPDATE works SET cited_by_count = new.cited_by, citing_paper_count = new.citing_papers,
            reference_count = new.reference_count
     FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) AS new (id, cited_by, citing_papers, reference_count)
     WHERE work_id = new.id`,
    [
      bigintArray(sorted.map(([id]) => id)),
      `{${sorted.map(([, work]) => work.citedByCount).join(",")}}`,
      `{${sorted.map(([, work]) => work.citingPaperCount).join(",")}}`,
      `{${sorted.map(([, work]) => work.referenceCount).join(",")}}`,
    ],
  );
}

function cellsOf([id, work]: WorkEntry): Cell[] {
  return [
    id,
    work.key,
    work.paperId,
    work.title,
    work.year,
    work.titledBy?.standing ?? null,
    work.titledBy?.paperId ?? null,
    work.titledBy?.ordinal ?? null,
    work.citedByCount,
    work.citingPaperCount,
    work.referenceCount,
  ];
}

const columns = [
  "work_id",
  "key",
  "paper_id",
  "title",
  "year",
  "title_standing",
  "title_paper_id",
  "title_ordinal",
  "cited_by_count",
  "citing_paper_count",
  "reference_count",
];

function isCountedAlike(a: Work, b: Work): boolean {
  return (
    a.citedByCount === b.citedByCount &&
    a.citingPaperCount === b.citingPaperCount &&
    a.referenceCount === b.referenceCount
  );
}

function isNamedAlike(a: Work, b: Work): boolean {
  return (
    a.paperId === b.paperId &&
    a.title === b.title &&
    a.year === b.year &&
    a.titledBy?.standing === b.titledBy?.standing &&
    a.titledBy?.paperId === b.titledBy?.paperId &&
    a.titledBy?.ordinal === b.titledBy?.ordinal
  );
}
