import type { Cell, GraphEdge } from "../../store/index.ts";
import type { StoredEdge, StoredReference } from "./lookups.ts";
import type { PaperChange } from "./papers.ts";
import { inKeyOrder, lookUp, type Planning, type RowChanges } from "./planning.ts";
import type { MovedReferences, ReferenceChanges } from "./references.ts";

/** Changes of a work's stored counts. */
export type CountChange = {
  /** Change in the number of works that cite it. */
  citedBy: number;
  /** Change in the number of papers that cite it. */
  citingPapers: number;
  /** Change in the number of works that it cites. */
  references: number;
  /** Change in the number of other works that cite it as an internal anchor. */
  anchoredWorks: number;
};

/** Changes of the edges, and the resulting changes of the counts. */
type CitationChanges = {
  /** By work. */
  readonly counts: Map<bigint, CountChange>;
  /** Change in the total number of edges. */
  total: number;
  /** Edges that are new or whose mark changed, and removed edges. */
  readonly putEdges: GraphEdge[];
  readonly removedEdges: UnmarkedEdge[];
};

type UnmarkedEdge = Omit<GraphEdge, "isInternalAnchor">;

/**
 * Plans how edges and counts follow from changed references. An edge exists if a paper of the citing work lists the
 * cited work, and is marked if one of these references is. So each edge is compared before and after the batch:
 *
 *     before   after    the edge is
 *     –        mark     new
 *     mark     –        removed
 *     mark     another  marked otherwise
 *
 * `worksWithPapers` are works that have papers besides those of the batch. Tables have no rows of edges, except the
 * copies in distributed tables.
 */
export function* planCitations(
  rows: RowChanges,
  changes: readonly PaperChange[],
  references: ReferenceChanges,
  worksWithPapers: ReadonlySet<bigint>,
  areCitationsCopied: boolean,
): Planning<CitationChanges> {
  const papers = citingPapers(changes, references);
  const edges = edgesOf(papers);
  for (const stored of yield* lookUpOtherEdges(edges, papers, changes, worksWithPapers)) {
    const edge = edges.get(BigInt(stored[0]))?.get(BigInt(stored[1]));
    if (edge === undefined) continue;
    edge.before = either(edge.before, stored[2]);
    edge.after = either(edge.after, stored[2]);
  }
  const citations: CitationChanges = { counts: new Map(), total: 0, putEdges: [], removedEdges: [] };
  compareEdges(rows, edges, citations, areCitationsCopied);
  compareCitingPapers(rows, papers, citations.counts, areCitationsCopied);
  return citations;
}

// ---- The papers whose references change, or whose work

type CitingPaper = {
  readonly paperId: bigint;
  readonly submittedAt: string;
  /** Whether all its references are listed, or only those to the works that references were moved from or to. */
  readonly isComplete: boolean;
  /** Null if it has no row. */
  readonly before: Listed | null;
  readonly after: Listed | null;
};

type Listed = { readonly workId: bigint; readonly references: readonly StoredReference[] };

function citingPapers(
  changes: readonly PaperChange[],
  { replaced, moved }: ReferenceChanges,
): readonly CitingPaper[] {
  const papers: CitingPaper[] = [];
  const movedByPaper = new Map(moved.map((move) => [move.paperId, move]));
  const replacedByPaper = new Map(replaced.map(({ paperId, after }) => [paperId, after]));
  for (const { paperId, before, row, hasNewContent } of changes) {
    const submittedAt = row?.submittedAt ?? before?.submittedAt;
    const move = movedByPaper.get(paperId);
    const isOfOtherWork = before?.workId !== row?.workId;
    if (submittedAt === undefined || !(hasNewContent || isOfOtherWork)) continue;
    movedByPaper.delete(paperId);
    const replacement = replacedByPaper.get(paperId);
    papers.push({
      paperId,
      submittedAt,
      isComplete: true,
      before,
      after: row && {
        workId: row.workId,
        references: replacement ?? afterMove(before?.references ?? [], move),
      },
    });
  }
  for (const { paperId, workId, submittedAt, before, after } of movedByPaper.values()) {
    papers.push({
      paperId,
      submittedAt,
      isComplete: false,
      before: { workId, references: before },
      after: { workId, references: after },
    });
  }
  return papers;
}

function afterMove(
  references: readonly StoredReference[],
  move: MovedReferences | undefined,
): readonly StoredReference[] {
  if (move === undefined) return references;
  const moved = new Map(move.after.map((reference) => [reference.ordinal, reference]));
  return references.map((reference) => moved.get(reference.ordinal) ?? reference);
}

// ---- Edges

/** Whether the edge is an internal anchor; null if there is no edge. */
type Mark = boolean | null;

type Edge = UnmarkedEdge & { before: Mark; after: Mark };

/** By citing and cited work. */
type Edges = ReadonlyMap<bigint, ReadonlyMap<bigint, Edge>>;

function either(a: Mark, b: Mark): Mark {
  return a === null || b === null ? (a ?? b) : a || b;
}

/** The edges that follow from the references of these papers. */
function edgesOf(papers: readonly CitingPaper[]): Edges {
  const edges = new Map<bigint, Map<bigint, Edge>>();
  const add = ({ workId, references }: Listed, time: "before" | "after") => {
    let ofWork = edges.get(workId);
    if (ofWork === undefined) {
      ofWork = new Map();
      edges.set(workId, ofWork);
    }
    for (const { citedWorkId, isInternalAnchor } of references) {
      let edge = ofWork.get(citedWorkId);
      if (edge === undefined) {
        edge = { citingWorkId: workId, citedWorkId, before: null, after: null };
        ofWork.set(citedWorkId, edge);
      }
      edge[time] = either(edge[time], isInternalAnchor);
    }
  };
  for (const { before, after } of papers) {
    if (before !== null) add(before, "before");
    if (after !== null) add(after, "after");
  }
  return edges;
}

/** The edges by other papers of the same works, which are the same before and after: only if these can matter. */
function* lookUpOtherEdges(
  edges: Edges,
  papers: readonly CitingPaper[],
  changes: readonly PaperChange[],
  worksWithPapers: ReadonlySet<bigint>,
): Planning<readonly StoredEdge[]> {
  const complete = papers.filter(({ isComplete }) => isComplete).map(({ paperId }) => paperId);
  const partial = papers.filter(({ isComplete }) => !isComplete);
  const withOthers = new Set(worksWithPapers);
  const compared = new Set(complete);
  for (const { paperId, before } of changes) {
    if (before !== null && !compared.has(paperId)) withOthers.add(before.workId);
  }
  const partialWorks = new Set<bigint>();
  for (const { before, after } of partial) {
    for (const listed of [before, after]) {
      if (listed === null) continue;
      withOthers.add(listed.workId);
      for (const { citedWorkId } of listed.references) partialWorks.add(citedWorkId);
    }
  }
  const stored: StoredEdge[] = [];
  const lookUpTo = function* (isTo: (citedWorkId: bigint) => boolean, except: readonly bigint[]) {
    const citing = new Set<bigint>();
    const cited = new Set<bigint>();
    for (const workId of withOthers) {
      for (const { citedWorkId, before, after } of edges.get(workId)?.values() ?? []) {
        if (before === after || !isTo(citedWorkId)) continue;
        citing.add(workId);
        cited.add(citedWorkId);
      }
    }
    if (citing.size === 0) return;
    for (const edge of yield* lookUp("citations", [...citing], [...cited], except)) stored.push(edge);
  };
  // Of a paper with a partial list, all references to other works stay as they are stored.
  yield* lookUpTo((workId) => !partialWorks.has(workId), complete);
  yield* lookUpTo(
    (workId) => partialWorks.has(workId),
    [...complete, ...partial.map(({ paperId }) => paperId)],
  );
  return stored;
}

function compareEdges(
  rows: RowChanges,
  edges: Edges,
  changes: CitationChanges,
  areCitationsCopied: boolean,
): void {
  const added: GraphEdge[] = [];
  const marked: GraphEdge[] = [];
  for (const ofWork of edges.values()) {
    for (const { citingWorkId, citedWorkId, before, after } of ofWork.values()) {
      if (before === after) continue;
      const count = Number(after !== null) - Number(before !== null);
      changes.total += count;
      const cited = countOf(changes.counts, citedWorkId);
      cited.citedBy += count;
      countOf(changes.counts, citingWorkId).references += count;
      // A work that cites itself is not an anchor.
      if (citingWorkId !== citedWorkId)
        cited.anchoredWorks += Number(after ?? false) - Number(before ?? false);
      if (after === null) {
        changes.removedEdges.push({ citingWorkId, citedWorkId });
        continue;
      }
      const edge = { citingWorkId, citedWorkId, isInternalAnchor: after };
      changes.putEdges.push(edge);
      if (areCitationsCopied) (before === null ? added : marked).push(edge);
    }
  }
  if (!areCitationsCopied) return;
  const columns = ["citing_work_id", "cited_work_id", "is_internal_anchor"];
  const cellsOf = (edge: GraphEdge) => [edge.citingWorkId, edge.citedWorkId, edge.isInternalAnchor];
  rows.delete(
    "citations_by_citing",
    columns.slice(0, 2),
    changes.removedEdges.map(({ citingWorkId, citedWorkId }) => [citingWorkId, citedWorkId]),
  );
  rows.insert("citations_by_citing", columns, added, cellsOf);
  rows.update("citations_by_citing", columns, marked.map(cellsOf), ["is_internal_anchor"]);
}

/** The change of a work, created with zeros if there is none. */
function countOf(counts: Map<bigint, CountChange>, workId: bigint): CountChange {
  const known = counts.get(workId);
  if (known !== undefined) return known;
  const none = { citedBy: 0, citingPapers: 0, references: 0, anchoredWorks: 0 };
  counts.set(workId, none);
  return none;
}

// ---- Papers that cite a work

/** Compares which works each paper cites, and counts them; in distributed tables, plans the copy of them as well. */
function compareCitingPapers(
  rows: RowChanges,
  papers: readonly CitingPaper[],
  counts: Map<bigint, CountChange>,
  areCitationsCopied: boolean,
): void {
  const added: Cell[][] = [];
  const dropped: Cell[][] = [];
  const ofOtherWork: Cell[][] = [];
  for (const { paperId, submittedAt, before, after } of papers) {
    const citedBefore = new Set(before?.references.map(({ citedWorkId }) => citedWorkId));
    const citedAfter = new Set(after?.references.map(({ citedWorkId }) => citedWorkId));
    const isOfOtherWork = before?.workId !== after?.workId;
    for (const cited of citedAfter) {
      const isNew = !citedBefore.has(cited);
      if (isNew) countOf(counts, cited).citingPapers++;
      if (!areCitationsCopied || after === null) continue;
      const cells = [cited, submittedAt, paperId, after.workId];
      if (isNew) added.push(cells);
      else if (isOfOtherWork) ofOtherWork.push(cells);
    }
    for (const cited of citedBefore) {
      if (citedAfter.has(cited)) continue;
      countOf(counts, cited).citingPapers--;
      if (areCitationsCopied) dropped.push([cited, submittedAt, paperId]);
    }
  }
  const columns = ["cited_work_id", "submitted_at", "paper_id", "citing_work_id"];
  // By the complete key: no other rows of a frequently cited work are read.
  rows.delete("citations_by_cited", columns.slice(0, 3), dropped);
  rows.insert(
    "citations_by_cited",
    columns,
    inKeyOrder(added, ([cited]) => cited as bigint),
    (cells) => cells,
  );
  rows.update("citations_by_cited", columns, ofOtherWork, ["citing_work_id"]);
}
