import type { Cell, GraphEdge } from "../../store/index.ts";
import type { StoredEdge, StoredReference } from "./lookups.ts";
import type { PaperChange } from "./papers.ts";
import { inKeyOrder, lookUp, type Planning, type RowChanges } from "./planning.ts";
import type { ReferenceChanges } from "./references.ts";

/** Changes of a work's stored counts. */
export type CountChange = {
  /** Change in the number of `citations` rows in which it is cited. */
  citedBy: number;
  /** Change in the number of `citing_papers` rows. */
  citingPapers: number;
  /** Change in the number of `citations` rows in which it cites. */
  references: number;
  /** Change in the number of internal anchors among the rows in which another work cites it. */
  anchoredWorks: number;
};

/** Changes of the edges, and the resulting changes of the counts. */
type CitationChanges = {
  /** By work. */
  readonly counts: Map<bigint, CountChange>;
  /** Change in the total number of `citations` rows. */
  total: number;
  /** Edges that are new or whose mark changed, and removed edges. */
  readonly putEdges: GraphEdge[];
  readonly removedEdges: UnmarkedEdge[];
};

type UnmarkedEdge = Omit<GraphEdge, "isInternalAnchor">;

/**
 * Plans the edges that follow from the references. For works whose papers changed, all edges are compared with the
 * stored ones; for works of which only references were moved, the edges to the works that these were moved from or to.
 * `worksWithPapers` are works that have papers besides those of the batch.
 */
export function* planCitations(
  rows: RowChanges,
  changes: readonly PaperChange[],
  references: ReferenceChanges,
  worksWithPapers: ReadonlySet<bigint>,
): Planning<CitationChanges> {
  const citations: CitationChanges = { counts: new Map(), total: 0, putEdges: [], removedEdges: [] };
  const citing = yield* findCiting(changes, references, worksWithPapers);
  planEdges(rows, citing, yield* lookUpEdges(citing), citations);
  planCitingPapers(rows, citing.submittedAt, references, citations.counts);
  return citations;
}

/** The works whose edges are compared, with their papers' references; those of several versions are combined. */
type Citing = {
  /** All their edges are compared; includes works that have no papers left. */
  readonly complete: ReadonlySet<bigint>;
  /** Works to which papers were only added: no edge is removed. */
  readonly grown: ReadonlySet<bigint>;
  /** Those of `grown` that had papers before: the others have no stored edges. */
  readonly grownAgain: ReadonlySet<bigint>;
  /** Only their edges to `movedWorks` are compared. */
  readonly parts: ReadonlySet<bigint>;
  readonly movedWorks: ReadonlySet<bigint>;
  /** The work of each paper. */
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
  for (const { paperId, workId, submitted } of yield* lookUpPapers(changes, complete, moved)) {
    workOf.set(paperId, workId);
    submittedAt.set(paperId, submitted);
    if (complete.has(workId)) continue;
    // References of another version of a grown work were moved as well.
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
    for (const [paperId, list] of yield* lookUp("references", ofComplete)) {
      references.set(paperId, citedNow(paperId, list));
    }
  }
  if (ofParts.length > 0) {
    for (const [paperId, list] of yield* lookUp("referencesTo", ofParts, [...movedWorks])) {
      references.set(paperId, citedNow(paperId, list));
    }
  }
  const worksBefore = new Set(worksWithPapers);
  for (const { before } of changes) if (before !== null) worksBefore.add(before.workId);
  const grownAgain = new Set([...grown].filter((workId) => worksBefore.has(workId)));
  return { complete, grown, grownAgain, parts, movedWorks, workOf, submittedAt, references };
}

type WorkOfPaper = { readonly paperId: bigint; readonly workId: bigint; readonly submitted: string };

/** All papers that the works have after the batch, and the papers of works whose references were moved. */
function* lookUpPapers(
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
    ...(works.size === 0 ? [] : yield* lookUp("papersOfWorks", [...works], except)),
    ...(unchanged.length === 0 ? [] : yield* lookUp("siblings", unchanged, except)),
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

/** Applies the cited works after the batch to stored references. */
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

/** The stored edges. */
function* lookUpEdges({ complete, grownAgain, parts, movedWorks }: Citing): Planning<readonly StoredEdge[]> {
  const works = [...complete, ...grownAgain];
  const edges = works.length === 0 ? [] : yield* lookUp("citations", works);
  if (parts.size === 0) return edges;
  return [...edges, ...(yield* lookUp("citations", [...parts], [...movedWorks]))];
}

/** An edge that should exist. */
type Edge = {
  readonly citingWorkId: bigint;
  readonly citedWorkId: bigint;
  isInternalAnchor: boolean;
  /** Its stored mark; null if the edge is not stored. */
  before: boolean | null;
};

/** The edges that follow from the references, by citing and cited work. */
function expectedEdges({ workOf, references }: Citing): Map<bigint, Map<bigint, Edge>> {
  const expected = new Map<bigint, Map<bigint, Edge>>();
  for (const [paperId, citingWorkId] of workOf) {
    const edges = expected.get(citingWorkId) ?? new Map<bigint, Edge>();
    expected.set(citingWorkId, edges);
    for (const { citedWorkId, isInternalAnchor } of references.get(paperId) ?? []) {
      const edge = edges.get(citedWorkId);
      if (edge === undefined) {
        edges.set(citedWorkId, { citingWorkId, citedWorkId, isInternalAnchor, before: null });
      } else if (isInternalAnchor) edge.isInternalAnchor = true;
    }
  }
  return expected;
}

function planEdges(
  rows: RowChanges,
  papers: Citing,
  stored: readonly StoredEdge[],
  changes: CitationChanges,
): void {
  const expected = expectedEdges(papers);
  const dropped: GraphEdge[] = [];
  for (const [citing, cited, isAnchor] of stored) {
    const citingWorkId = BigInt(citing);
    const citedWorkId = BigInt(cited);
    const isGrown = papers.grown.has(citingWorkId);
    const edge = expected.get(citingWorkId)?.get(citedWorkId);
    if (edge !== undefined) {
      edge.before = isAnchor;
      // The references of the work's other papers were not read: a stored mark stays.
      if (isGrown && isAnchor) edge.isInternalAnchor = true;
    } else if (!isGrown) dropped.push({ citingWorkId, citedWorkId, isInternalAnchor: isAnchor });
  }
  const added: Edge[] = [];
  const changed: Edge[] = [];
  for (const edges of expected.values()) {
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
  // The papers of a batch are sorted by key; sorting by cited work visits the index on it in order as well.
  const ordered = inKeyOrder(added, ({ citedWorkId }) => citedWorkId);
  rows.insert("citations", columns, ordered, cellsOf);
  rows.update("citations", columns, changed.map(cellsOf), ["is_internal_anchor"]);
}

/** A work that cites itself is not an anchor. */
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

/** The change of a work, created with zeros if there is none. */
function countOf(counts: Map<bigint, CountChange>, workId: bigint): CountChange {
  const known = counts.get(workId);
  if (known !== undefined) return known;
  const none = { citedBy: 0, citingPapers: 0, references: 0, anchoredWorks: 0 };
  counts.set(workId, none);
  return none;
}

type CitingPaper = { readonly cited: bigint; readonly submitted: string; readonly paperId: bigint };

/**
 * Plans `citing_papers` as the references require. The submission time is part of the hashed record and never changes,
 * so only the cited works can.
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
  // By the complete key: no other rows of a frequently cited work are read.
  rows.delete("citing_papers", columns, dropped.map(cellsOf));
  rows.insert(
    "citing_papers",
    columns,
    inKeyOrder(added, ({ cited }) => cited),
    cellsOf,
  );
}
