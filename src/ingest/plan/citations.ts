import type { GraphEdge } from "../../store/graph-payload.ts";
import type { Cell } from "../../store/rows.ts";
import type { PaperChange } from "./papers.ts";
import { ask, inKeyOrder, type Planning, type RowChanges } from "./planning.ts";
import type { StoredEdge, StoredReference } from "./questions.ts";
import type { ReferenceChanges } from "./references.ts";

/** How the stored counts of a work change. */
export type CountChange = {
  /** Rows of `citations` more or fewer in which it is cited. */
  citedBy: number;
  /** Rows of `citing_papers` more or fewer. */
  citingPapers: number;
  /** Rows of `citations` more or fewer in which it cites. */
  references: number;
  /** Of those in which another work cites it, more or fewer that are marked as internal anchors. */
  anchoredWorks: number;
};

/** How the edges, and with them the counts of works, change. */
type CitationChanges = {
  /** By work. */
  readonly counts: Map<bigint, CountChange>;
  /** Rows of `citations` more or fewer in all. */
  total: number;
  /** Rows of `citations` that are new or marked otherwise, and those that are gone. */
  readonly putEdges: GraphEdge[];
  readonly removedEdges: UnmarkedEdge[];
};

type UnmarkedEdge = Omit<GraphEdge, "isInternalAnchor">;

/**
 * Plans the edges as the references have them. Of the works of papers that changed, all edges are compared with what is
 * stored; of those whose references were only moved, the edges to the works that they were moved from or to.
 * `worksWithPapers` are works that papers besides those of the batch belong to.
 */
export function* planCitations(
  rows: RowChanges,
  changes: readonly PaperChange[],
  references: ReferenceChanges,
  worksWithPapers: ReadonlySet<bigint>,
): Planning<CitationChanges> {
  const citations: CitationChanges = { counts: new Map(), total: 0, putEdges: [], removedEdges: [] };
  const citing = yield* findCiting(changes, references, worksWithPapers);
  planEdges(rows, citing, yield* askEdges(citing), citations);
  planCitingPapers(rows, citing.submittedAt, references, citations.counts);
  return citations;
}

/** The works whose edges are compared, with the references of their papers: of several versions they add up. */
type Citing = {
  /** Compared with all their edges; also works that have no papers left. */
  readonly complete: ReadonlySet<bigint>;
  /** To which papers were added and nothing else happened: edges come, and none goes. */
  readonly grown: ReadonlySet<bigint>;
  /** Those of them that had papers before: the others have no edges yet. */
  readonly grownAgain: ReadonlySet<bigint>;
  /** Compared as far as they cite one of `movedWorks`. */
  readonly parts: ReadonlySet<bigint>;
  readonly movedWorks: ReadonlySet<bigint>;
  /** Which work a paper belongs to. */
  readonly workOf: ReadonlyMap<bigint, bigint>;
  readonly submittedAt: ReadonlyMap<bigint, string>;
  readonly references: ReadonlyMap<bigint, readonly StoredReference[]>;
};

function* findCiting(
  changes: readonly PaperChange[],
  { replaced, moved }: ReferenceChanges,
  worksWithPapers: ReadonlySet<bigint>,
): Planning<Citing> {
  const complete = new Set<bigint>();
  const grown = new Set<bigint>();
  const submittedAt = new Map<bigint, string>();
  const workOf = new Map<bigint, bigint>();
  for (const { paperId, before, row, hasNewContent } of changes) {
    if (before !== null) submittedAt.set(paperId, before.submittedAt);
    if (row !== null) submittedAt.set(paperId, row.submittedAt);
    if (!hasNewContent && before?.workId === row?.workId) continue;
    if (before !== null) complete.add(before.workId);
    if (row === null) continue;
    if (before === null) {
      grown.add(row.workId);
      workOf.set(paperId, row.workId);
    } else {
      complete.add(row.workId);
    }
  }
  const movedWorks = new Set(
    moved.flatMap(({ before, after }) => [...before, ...after].map(({ citedWorkId }) => citedWorkId)),
  );
  const parts = new Set<bigint>();
  for (const { paperId, workId, submitted } of yield* askPapers(changes, complete, moved)) {
    workOf.set(paperId, workId);
    submittedAt.set(paperId, submitted);
    if (complete.has(workId)) continue;
    // Of a work that grew, references of another version were moved as well.
    if (grown.has(workId)) complete.add(workId);
    else parts.add(workId);
  }
  for (const workId of complete) grown.delete(workId);
  const references = new Map(replaced.map(({ paperId, after }) => [paperId, after]));
  const unread = [...workOf].filter(([paperId]) => !references.has(paperId));
  const papersOf = (works: ReadonlySet<bigint>) =>
    unread.filter(([, workId]) => works.has(workId)).map(([paperId]) => paperId);
  const [ofComplete, ofParts] = [papersOf(complete), papersOf(parts)];
  const citedNow = movedReferences(moved);
  if (ofComplete.length > 0) {
    for (const [paperId, list] of yield* ask("references", ofComplete)) {
      references.set(paperId, citedNow(paperId, list));
    }
  }
  if (ofParts.length > 0) {
    for (const [paperId, list] of yield* ask("referencesTo", ofParts, [...movedWorks])) {
      references.set(paperId, citedNow(paperId, list));
    }
  }
  const worksBefore = new Set(worksWithPapers);
  for (const { before } of changes) if (before !== null) worksBefore.add(before.workId);
  const grownAgain = new Set([...grown].filter((workId) => worksBefore.has(workId)));
  return { complete, grown, grownAgain, parts, movedWorks, workOf, submittedAt, references };
}

type WorkOfPaper = { readonly paperId: bigint; readonly workId: bigint; readonly submitted: string };

/** All papers that works have after the batch, and those of the works of papers whose references were moved. */
function* askPapers(
  changes: readonly PaperChange[],
  complete: ReadonlySet<bigint>,
  moved: ReferenceChanges["moved"],
): Planning<WorkOfPaper[]> {
  if (complete.size + moved.length === 0) return [];
  const changed = new Map(changes.map((change) => [change.paperId, change]));
  const works = new Set(complete);
  const unchanged: bigint[] = [];
  for (const { paperId } of moved) {
    const change = changed.get(paperId);
    if (change === undefined) unchanged.push(paperId);
    else if (change.row !== null) works.add(change.row.workId);
  }
  const except = [...changed.keys()];
  const others = [
    ...(works.size === 0 ? [] : yield* ask("papersOfWorks", [...works], except)),
    ...(unchanged.length === 0 ? [] : yield* ask("siblings", unchanged, except)),
  ];
  const papers = others.map(([workId, { paperId, submittedAt }]) => {
    works.add(workId);
    return { paperId, workId, submitted: submittedAt };
  });
  for (const { row } of changes) {
    if (row === null || !works.has(row.workId)) continue;
    papers.push({ paperId: row.paperId, workId: row.workId, submitted: row.submittedAt });
  }
  return papers;
}

/** Gives stored references the works that they cite after the batch. */
function movedReferences(
  moved: ReferenceChanges["moved"],
): (paperId: bigint, references: readonly StoredReference[]) => readonly StoredReference[] {
  const byPaper = new Map(
    moved.map(({ paperId, after }) => [
      paperId,
      new Map(after.map(({ ordinal, citedWorkId }) => [ordinal, citedWorkId])),
    ]),
  );
  return (paperId, references) => {
    const cited = byPaper.get(paperId);
    if (cited === undefined) return references;
    return references.map((reference) => ({
      ...reference,
      citedWorkId: cited.get(reference.ordinal) ?? reference.citedWorkId,
    }));
  };
}

/** The edges as they are stored. */
function* askEdges({ complete, grownAgain, parts, movedWorks }: Citing): Planning<readonly StoredEdge[]> {
  const works = [...complete, ...grownAgain];
  const edges = works.length === 0 ? [] : yield* ask("citations", works);
  if (parts.size === 0) return edges;
  return [...edges, ...(yield* ask("citations", [...parts], [...movedWorks]))];
}

/** An edge that there shall be. */
type Edge = {
  readonly citingWorkId: bigint;
  readonly citedWorkId: bigint;
  isInternalAnchor: boolean;
  /** Its mark as it is stored; null where it is not. */
  before: boolean | null;
};

/** The edges that the references make, by citing and cited work. */
function wantedEdges({ workOf, references }: Citing): Map<bigint, Map<bigint, Edge>> {
  const wanted = new Map<bigint, Map<bigint, Edge>>();
  for (const [paperId, citingWorkId] of workOf) {
    const edges = wanted.get(citingWorkId) ?? new Map<bigint, Edge>();
    wanted.set(citingWorkId, edges);
    for (const { citedWorkId, isInternalAnchor } of references.get(paperId) ?? []) {
      const edge = edges.get(citedWorkId);
      if (edge === undefined) {
        edges.set(citedWorkId, { citingWorkId, citedWorkId, isInternalAnchor, before: null });
      } else if (isInternalAnchor) edge.isInternalAnchor = true;
    }
  }
  return wanted;
}

function planEdges(
  rows: RowChanges,
  papers: Citing,
  stored: readonly StoredEdge[],
  changes: CitationChanges,
): void {
  const wanted = wantedEdges(papers);
  const dropped: GraphEdge[] = [];
  for (const [citing, cited, isAnchor] of stored) {
    const citingWorkId = BigInt(citing);
    const citedWorkId = BigInt(cited);
    const isGrown = papers.grown.has(citingWorkId);
    const edge = wanted.get(citingWorkId)?.get(citedWorkId);
    if (edge !== undefined) {
      edge.before = isAnchor;
      // What the references of its other papers say was not read, and stays.
      if (isGrown && isAnchor) edge.isInternalAnchor = true;
    } else if (!isGrown) dropped.push({ citingWorkId, citedWorkId, isInternalAnchor: isAnchor });
  }
  const added: Edge[] = [];
  const changed: Edge[] = [];
  for (const edges of wanted.values()) {
    for (const edge of edges.values()) {
      if (edge.before === edge.isInternalAnchor) continue;
      (edge.before === null ? added : changed).push(edge);
      changes.putEdges.push(edge);
      countAnchor(changes, edge, Number(edge.isInternalAnchor) - Number(edge.before ?? false));
      if (edge.before === null) countEdge(changes, edge, 1);
    }
  }
  for (const edge of dropped) {
    countEdge(changes, edge, -1);
    countAnchor(changes, edge, -Number(edge.isInternalAnchor));
    changes.removedEdges.push(edge);
  }
  const columns = ["citing_work_id", "cited_work_id", "is_internal_anchor"];
  const cellsOf = (edge: GraphEdge) => [edge.citingWorkId, edge.citedWorkId, edge.isInternalAnchor];
  rows.delete(
    "citations",
    columns.slice(0, 2),
    dropped.map(({ citingWorkId, citedWorkId }) => [citingWorkId, citedWorkId]),
  );
  // The papers of a batch come in the order of their keys; an index by who is cited is met in order as well this way.
  const ordered = inKeyOrder(added, ({ citedWorkId }) => citedWorkId);
  rows.insert("citations", columns, ordered, cellsOf);
  rows.update("citations", columns, changed.map(cellsOf), ["is_internal_anchor"]);
}

/** A work that cites itself is not anchored in another. */
function countAnchor(
  { counts }: CitationChanges,
  { citingWorkId, citedWorkId }: UnmarkedEdge,
  change: number,
): void {
  if (citingWorkId !== citedWorkId) countOf(counts, citedWorkId).anchoredWorks += change;
}

function countEdge(
  changes: CitationChanges,
  { citingWorkId, citedWorkId }: UnmarkedEdge,
  change: 1 | -1,
): void {
  countOf(changes.counts, citedWorkId).citedBy += change;
  countOf(changes.counts, citingWorkId).references += change;
  changes.total += change;
}

/** The change of a work: none so far where it has no entry. */
function countOf(counts: Map<bigint, CountChange>, workId: bigint): CountChange {
  const known = counts.get(workId);
  if (known !== undefined) return known;
  const none = { citedBy: 0, citingPapers: 0, references: 0, anchoredWorks: 0 };
  counts.set(workId, none);
  return none;
}

type CitingPaper = { readonly cited: bigint; readonly submitted: string; readonly paperId: bigint };

/**
 * Plans `citing_papers` as the references have it. A record's time is under its hash: it never changes, so only the
 * works cited can.
 */
function planCitingPapers(
  rows: RowChanges,
  submittedAt: ReadonlyMap<bigint, string>,
  { replaced, moved }: ReferenceChanges,
  counts: Map<bigint, CountChange>,
): void {
  const added: CitingPaper[] = [];
  const dropped: CitingPaper[] = [];
  for (const { paperId, before, after } of [...replaced, ...moved]) {
    const submitted = submittedAt.get(paperId);
    if (submitted === undefined) continue;
    const old = new Set(before.map(({ citedWorkId }) => citedWorkId));
    const now = new Set(after.map(({ citedWorkId }) => citedWorkId));
    for (const cited of now) {
      if (old.has(cited)) continue;
      added.push({ cited, submitted, paperId });
      countOf(counts, cited).citingPapers++;
    }
    for (const cited of old) {
      if (now.has(cited)) continue;
      dropped.push({ cited, submitted, paperId });
      countOf(counts, cited).citingPapers--;
    }
  }
  const columns = ["cited_work_id", "submitted_at", "paper_id"];
  const cellsOf = ({ cited, submitted, paperId }: CitingPaper): Cell[] => [cited, submitted, paperId];
  // With the complete key: of a much cited work no other row is looked at.
  rows.delete("citing_papers", columns, dropped.map(cellsOf));
  rows.insert(
    "citing_papers",
    columns,
    inKeyOrder(added, ({ cited }) => cited),
    cellsOf,
  );
}
