import { comparePapersOfWork } from "../../row-rules/index.ts";
import type { Cell } from "../../store/index.ts";
import type { CountChange } from "./citations.ts";
import { type Identifiers, planIdentifierRows } from "./identifiers.ts";
import type { StoredWork, WorkPaper } from "./lookups.ts";
import type { PaperChange } from "./papers.ts";
import { inKeyOrder, lookUp, type Planning, type RowChanges, throwCollision } from "./planning.ts";
import type { ReferenceChanges } from "./references.ts";
import { resolvesToItself } from "./votes.ts";
import { titleByReferences, yearOfWork } from "./work-titles.ts";

type WorkChanges = {
  readonly added: readonly bigint[];
  readonly removed: readonly bigint[];
  /** Stored works with other facts than before, besides counts. */
  readonly renamed: readonly bigint[];
};

type WorkEntry = readonly [id: bigint, work: StoredWork];

/** For each work, the paper that would represent it without the papers of the batch; no entry for works without one. */
type OtherPapers = ReadonlyMap<bigint, WorkPaper>;

/** Queries the first of the other papers of each work whose papers a batch changes. */
export function* lookUpOtherPapers(changes: readonly PaperChange[]): Planning<OtherPapers> {
  const papers = yield* lookUp(
    "papersOfWorks",
    [...affectedWorks(changes)],
    changes.map(({ paperId }) => paperId),
  );
  const others = new Map<bigint, WorkPaper>();
  for (const [workId, paper] of papers) {
    const best = others.get(workId);
    if (best === undefined || comparePapersOfWork(paper, best) < 0) others.set(workId, paper);
  }
  return others;
}

/**
 * Plans the works that a batch affects: their papers, titles and stored counts. Works that nothing names are deleted.
 *
 * @returns the works that are new, deleted, or have other facts.
 */
export function* planWorks(
  rows: RowChanges,
  changes: readonly PaperChange[],
  identifiers: Identifiers,
  references: ReferenceChanges,
  counts: ReadonlyMap<bigint, CountChange>,
  others: OtherPapers,
): Planning<WorkChanges> {
  const keys = workKeys(changes, identifiers);
  const touched = new Set<bigint>([...keys.keys(), ...counts.keys()]);
  for (const { before } of changes) if (before !== null) touched.add(before.workId);
  // A reference may still cite the same work and no longer give its title. A paper without references before needs no
  // entry: the works it cites have count changes.
  for (const { before, after } of [...references.replaced, ...references.moved]) {
    if (before.length === 0) continue;
    for (const { citedWorkId } of before) touched.add(citedWorkId);
    for (const { citedWorkId } of after) touched.add(citedWorkId);
  }
  const stored = yield* lookUp("works", [...touched]);
  for (const [id, key] of keys) {
    const work = stored.get(id);
    if (work !== undefined && work.key !== key) throwCollision(work.key, key);
  }

  const works = new Map<bigint, StoredWork>();
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
  assignPapers(works, representingPapers(changes, others));
  yield* titleByReferences(changes, references, works, stored);
  return planWorkRows(rows, works, stored);
}

/** The keys of the works that a batch may have to create. */
function workKeys(changes: readonly PaperChange[], identifiers: Identifiers): Map<bigint, string> {
  const keys = new Map<bigint, string>();
  const add = (id: bigint, key: string) => {
    const other = keys.get(id);
    if (other === undefined) keys.set(id, key);
    else if (other !== key) throwCollision(other, key);
  };
  for (const { id, kind, value, workId } of identifiers.byId.values()) {
    if (workId === id) add(id, `${kind}:${value}`);
  }
  for (const { row, workKey, references, hasNewContent } of changes) {
    if (row === null) continue;
    add(row.workId, workKey);
    if (!hasNewContent) continue;
    for (const { own, arxivId, arxivName } of references) {
      if (own !== null) add(own.id, own.key);
      if (arxivId !== null) add(arxivId, `arxiv:${arxivName}`);
    }
  }
  return keys;
}

// ---- The paper that represents a work

/** The works whose papers a batch changes. */
export function affectedWorks(changes: readonly PaperChange[]): Set<bigint> {
  const affected = new Set<bigint>();
  for (const { before, row } of changes) {
    if (before !== null) affected.add(before.workId);
    if (row !== null) affected.add(row.workId);
  }
  return affected;
}

/**
 * The paper that represents each work whose papers a batch changes (`comparePapersOfWork`). Null for a work that has no
 * papers left.
 */
function representingPapers(
  changes: readonly PaperChange[],
  others: OtherPapers,
): Map<bigint, WorkPaper | null> {
  const first = new Map<bigint, WorkPaper | null>();
  for (const id of affectedWorks(changes)) first.set(id, others.get(id) ?? null);
  for (const { row } of changes) {
    if (row === null) continue;
    const { paperId, pithNumber, sourceVersion, proof, submittedAt, title } = row;
    const paper = { paperId, pithNumber, sourceVersion, proof, submittedAt, title };
    const best = first.get(row.workId) ?? null;
    if (best === null || comparePapersOfWork(paper, best) < 0) first.set(row.workId, paper);
  }
  return first;
}

/** The representing paper determines a work's year, and its title if the paper has one. */
function assignPapers(
  works: ReadonlyMap<bigint, StoredWork>,
  papers: ReadonlyMap<bigint, WorkPaper | null>,
): void {
  for (const [id, paper] of papers) {
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

// ---- Rows

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
  "anchored_work_count",
  "stated_year",
];

const countColumns = ["cited_by_count", "citing_paper_count", "reference_count", "anchored_work_count"];

/** Plans works that differ from the stored rows, and deletes those that nothing names any more. */
function planWorkRows(
  rows: RowChanges,
  works: ReadonlyMap<bigint, StoredWork>,
  stored: ReadonlyMap<bigint, StoredWork>,
): WorkChanges {
  const added: WorkEntry[] = [];
  const recounted: WorkEntry[] = [];
  const renamed: WorkEntry[] = [];
  const removed: WorkEntry[] = [];
  for (const [id, work] of works) {
    const before = stored.get(id);
    if (work.paperId === null && work.citedByCount <= 0) {
      if (before !== undefined) removed.push([id, before]);
    } else if (before === undefined) added.push([id, work]);
    else if (!hasSameNames(before, work)) renamed.push([id, work]);
    else if (!hasSameCounts(before, work)) recounted.push([id, work]);
  }
  // By far the most frequent change: a known work is cited once more.
  rows.update("works", columns, inKeyOrder(recounted, idOf).map(cellsOf), countColumns);
  rows.insert("works", columns, inKeyOrder(added, idOf), cellsOf);
  rows.update("works", columns, inKeyOrder(renamed, idOf).map(cellsOf), columns.slice(2));
  rows.delete(
    "works",
    ["work_id"],
    removed.map(([id]) => [id]),
  );
  // `work_identifiers` has the arXiv id of a work exactly while the work exists, that is, while a paper or a reference
  // names it. So no read is needed to find new ones.
  planIdentifierRows(rows, {
    added: added.filter(hasArxivId).map(([id, { key }]) => {
      return { id, kind: "arxiv", value: key.slice(arxiv.length), ...resolvesToItself, workId: id };
    }),
    changed: [],
    unnamed: removed.filter(hasArxivId).map(idOf),
  });
  return { added: added.map(idOf), removed: removed.map(idOf), renamed: renamed.map(idOf) };
}

const arxiv = "arxiv:";

function hasArxivId([, { key }]: WorkEntry): boolean {
  return key.startsWith(arxiv);
}

function idOf([id]: WorkEntry): bigint {
  return id;
}

function cellsOf([id, work]: WorkEntry): Cell[] {
  return [
    id,
    work.key,
    work.paperId,
    work.title,
    work.year,
    work.titledBy?.proof ?? null,
    work.titledBy?.paperId ?? null,
    work.titledBy?.ordinal ?? null,
    work.citedByCount,
    work.citingPaperCount,
    work.referenceCount,
    work.anchoredWorkCount,
    work.statedYear,
  ];
}

function hasSameCounts(a: StoredWork, b: StoredWork): boolean {
  return (
    a.citedByCount === b.citedByCount &&
    a.citingPaperCount === b.citingPaperCount &&
    a.referenceCount === b.referenceCount &&
    a.anchoredWorkCount === b.anchoredWorkCount
  );
}

function hasSameNames(a: StoredWork, b: StoredWork): boolean {
  return (
    a.paperId === b.paperId &&
    a.title === b.title &&
    a.year === b.year &&
    a.statedYear === b.statedYear &&
    a.titledBy?.proof === b.titledBy?.proof &&
    a.titledBy?.paperId === b.titledBy?.paperId &&
    a.titledBy?.ordinal === b.titledBy?.ordinal
  );
}
