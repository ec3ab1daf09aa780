import { comparePapersOfWork } from "../../row-rules/index.ts";
import type { Cell } from "../../store/index.ts";
import type { CountChange } from "./citations.ts";
import { type Identifiers, planIdentifierRows } from "./identifiers.ts";
import type { PaperChange } from "./papers.ts";
import { ask, inKeyOrder, type Planning, type RowChanges, refuseCollision } from "./planning.ts";
import type { Work, WorkPaper } from "./questions.ts";
import type { ReferenceChanges } from "./references.ts";
import { itself } from "./voices.ts";
import { nameByReferences, yearOfWork } from "./work-titles.ts";

type WorkChanges = { readonly added: readonly bigint[]; readonly removed: readonly bigint[] };

type WorkEntry = readonly [id: bigint, work: Work];

/** For each work, the paper that would represent it without the papers of the batch; no entry for works without one. */
type OtherPapers = ReadonlyMap<bigint, WorkPaper>;

/** Queries the first of the other papers of each work whose papers a batch changes. */
export function* askOtherPapers(changes: readonly PaperChange[]): Planning<OtherPapers> {
  const papers = yield* ask(
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
 * @returns the works that are new, and those that are deleted.
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
  const stored = yield* ask("works", [...touched]);
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
  yield* nameByReferences(changes, references, works, stored);
  return planWorkRows(rows, works, stored);
}

/** The keys of the works that a batch may have to create. */
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

// ---- The paper that represents a work

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
 * The paper that represents each work whose papers a batch changes (store/paper-order.ts). Null for a work that has no
 * papers left.
 */
function standingPapers(changes: readonly PaperChange[], others: OtherPapers): Map<bigint, WorkPaper | null> {
  const standing = new Map<bigint, WorkPaper | null>();
  for (const id of affectedWorks(changes)) standing.set(id, others.get(id) ?? null);
  for (const { row } of changes) {
    if (row === null) continue;
    const { paperId, pithNumber, sourceVersion, proof, submittedAt, title } = row;
    const paper = { paperId, pithNumber, sourceVersion, proof, submittedAt, title };
    const best = standing.get(row.workId) ?? null;
    if (best === null || comparePapersOfWork(paper, best) < 0) standing.set(row.workId, paper);
  }
  return standing;
}

/** The representing paper determines a work's year, and its title if the paper has one. */
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
  works: ReadonlyMap<bigint, Work>,
  stored: ReadonlyMap<bigint, Work>,
): WorkChanges {
  const added: WorkEntry[] = [];
  const recounted: WorkEntry[] = [];
  const renamed: WorkEntry[] = [];
  const gone: WorkEntry[] = [];
  for (const [id, work] of works) {
    const before = stored.get(id);
    if (work.paperId === null && work.citedByCount <= 0) {
      if (before !== undefined) gone.push([id, before]);
    } else if (before === undefined) added.push([id, work]);
    else if (!isNamedAlike(before, work)) renamed.push([id, work]);
    else if (!isCountedAlike(before, work)) recounted.push([id, work]);
  }
  // By far the most frequent change: a known work is cited once more.
  rows.update("works", columns, inKeyOrder(recounted, idOf).map(cellsOf), countColumns);
  rows.insert("works", columns, inKeyOrder(added, idOf), cellsOf);
  rows.update("works", columns, inKeyOrder(renamed, idOf).map(cellsOf), columns.slice(2));
  rows.delete(
    "works",
    ["work_id"],
    gone.map(([id]) => [id]),
  );
  // `work_identifiers` has the arXiv id of a work exactly while the work exists, that is, while a paper or a reference
  // names it. So no read is needed to find new ones.
  planIdentifierRows(rows, {
    added: added.filter(hasArxivId).map(([id, { key }]) => {
      return { id, kind: "arxiv", value: key.slice(arxiv.length), ...itself, workId: id };
    }),
    changed: [],
    gone: gone.filter(hasArxivId).map(idOf),
  });
  return { added: added.map(idOf), removed: gone.map(idOf) };
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
    work.titledBy?.standing ?? null,
    work.titledBy?.paperId ?? null,
    work.titledBy?.ordinal ?? null,
    work.citedByCount,
    work.citingPaperCount,
    work.referenceCount,
    work.anchoredWorkCount,
    work.statedYear,
  ];
}

function isCountedAlike(a: Work, b: Work): boolean {
  return (
    a.citedByCount === b.citedByCount &&
    a.citingPaperCount === b.citingPaperCount &&
    a.referenceCount === b.referenceCount &&
    a.anchoredWorkCount === b.anchoredWorkCount
  );
}

function isNamedAlike(a: Work, b: Work): boolean {
  return (
    a.paperId === b.paperId &&
    a.title === b.title &&
    a.year === b.year &&
    a.statedYear === b.statedYear &&
    a.titledBy?.standing === b.titledBy?.standing &&
    a.titledBy?.paperId === b.titledBy?.paperId &&
    a.titledBy?.ordinal === b.titledBy?.ordinal
  );
}
