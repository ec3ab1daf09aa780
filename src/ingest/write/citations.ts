import type { GraphEdge } from "../../store/graph-payload.ts";
import { bigintArray } from "../../store/rows.ts";
import { writeCitingPapers } from "./citing-papers.ts";
import { type CountChanges, countOf } from "./count-changes.ts";
import { storeEdges } from "./edge-rows.ts";
import type { PaperChange, StoredReference } from "./paper-change.ts";
import { type ReferenceChange, readReferences } from "./references.ts";
import type { WriteSession } from "./session.ts";
import type { OtherPapers } from "./work-papers.ts";

/** How the edges, and with them the counts of works, change. */
export type CitationChanges = {
  /** By work. */
  readonly counts: CountChanges;
  /** Rows of `citations` more or fewer in all. */
  total: number;
  /** Rows of `citations` that are new or marked otherwise, and those that are gone. */
  readonly putEdges: GraphEdge[];
  readonly removedEdges: UnmarkedEdge[];
};

type UnmarkedEdge = Omit<GraphEdge, "isInternalAnchor">;

/**
 * Makes the edges what the references say. Of the works of papers that changed, all edges are compared with what is
 * stored; of those whose references were only moved, the edges to the works that they were moved from or to.
 */
export async function writeCitations(
  session: WriteSession,
  changes: readonly PaperChange[],
  referenceChanges: readonly ReferenceChange[],
  others: OtherPapers,
): Promise<CitationChanges> {
  const citations: CitationChanges = { counts: new Map(), total: 0, putEdges: [], removedEdges: [] };
  const citing = await readCiting(session, changes, referenceChanges, others);
  await writeEdges(session, citing, citations);
  writeCitingPapers(session, citing.submittedAt, referenceChanges, citations.counts);
  return citations;
}

/** The works whose edges are compared, with the references of their papers: of several versions they add up. */
type Citing = {
  /** Compared as a whole; also works that have no papers left. */
  readonly whole: ReadonlySet<bigint>;
  /** To which papers were added and nothing else happened: edges come, and none goes. */
  readonly grown: ReadonlySet<bigint>;
  /** Those of them that had papers before: the others have no edges yet. */
  readonly grownAgain: ReadonlySet<bigint>;
  /** Compared as far as they cite one of `movedWorks`. */
  readonly parts: ReadonlySet<bigint>;
  readonly movedWorks: ReadonlySet<bigint>;
  /** Which work a paper is of. */
  readonly workOf: ReadonlyMap<bigint, bigint>;
  readonly submittedAt: ReadonlyMap<bigint, string>;
  readonly references: ReadonlyMap<bigint, readonly StoredReference[]>;
};

async function readCiting(
  session: WriteSession,
  changes: readonly PaperChange[],
  referenceChanges: readonly ReferenceChange[],
  others: OtherPapers,
): Promise<Citing> {
  const whole = new Set<bigint>();
  const grown = new Set<bigint>();
  const submittedAt = new Map<bigint, string>();
  const workOf = new Map<bigint, bigint>();
  for (const { paperId, before, row, hasNewContent } of changes) {
    if (before !== null) submittedAt.set(paperId, before.submittedAt);
    if (!hasNewContent && before?.workId === row?.workId) continue;
    if (before !== null) whole.add(before.workId);
    if (row === null) continue;
    submittedAt.set(paperId, row.submittedAt);
    if (before === null) {
      grown.add(row.workId);
      workOf.set(paperId, row.workId);
    } else {
      whole.add(row.workId);
    }
  }
  const moves = referenceChanges.filter(({ isMove }) => isMove);
  const movedWorks = new Set(
    moves.flatMap(({ before, after }) => [...before, ...after].map(({ citedWorkId }) => citedWorkId)),
  );
  const rows = await readPapersOf(session, whole, moves);
  const parts = new Set<bigint>();
  for (const row of rows) {
    const paperId = BigInt(row.paper_id);
    const workId = BigInt(row.work_id);
    workOf.set(paperId, workId);
    submittedAt.set(paperId, row.submitted_at);
    if (whole.has(workId)) continue;
    // Of a work that grew, references of another version were moved as well.
    if (grown.has(workId)) whole.add(workId);
    else parts.add(workId);
  }
  for (const workId of whole) grown.delete(workId);
  // What was written just now need not be read again.
  const references = new Map<bigint, readonly StoredReference[]>(
    referenceChanges.filter(({ isMove }) => !isMove).map(({ paperId, after }) => [paperId, after]),
  );
  const unread = [...workOf].filter(([paperId]) => !references.has(paperId));
  const papersOf = (works: ReadonlySet<bigint>) =>
    unread.filter(([, workId]) => works.has(workId)).map(([paperId]) => paperId);
  for (const [paperId, list] of await readReferences(session, papersOf(whole))) references.set(paperId, list);
  for (const [paperId, list] of await readReferences(session, papersOf(parts), movedWorks)) {
    references.set(paperId, list);
  }
  const heldWorks = new Set<bigint>(others.keys());
  for (const { before } of changes) if (before !== null) heldWorks.add(before.workId);
  const grownAgain = new Set([...grown].filter((workId) => heldWorks.has(workId)));
  return { whole, grown, grownAgain, parts, movedWorks, workOf, submittedAt, references };
}

/** All papers of works, and of the works of papers whose references were moved. */
async function readPapersOf(
  session: WriteSession,
  works: ReadonlySet<bigint>,
  moves: readonly ReferenceChange[],
): Promise<{ paper_id: string; work_id: string; submitted_at: string }[]> {
  if (works.size + moves.length === 0) return [];
  return session.read<{ paper_id: string; work_id: string; submitted_at: string }>(
    `SELECT paper_id, work_id, submitted_at::text FROM papers
     WHERE work_id = ANY($1::bigint[])
        OR work_id = ANY(ARRAY(SELECT work_id FROM papers WHERE paper_id = ANY($2::bigint[])))`,
    [bigintArray(works), bigintArray(moves.map(({ paperId }) => paperId))],
  );
}

type EdgeRow = [citing: string, cited: string, isAnchor: boolean];

/** The edges as they are stored. */
async function readEdges(
  session: WriteSession,
  { whole, grownAgain, parts, movedWorks }: Citing,
): Promise<EdgeRow[]> {
  const edgesOf = (works: Iterable<bigint>, condition = "") =>
    session.rowsBeforeByIndex<EdgeRow>(
      `SELECT citing_work_id, cited_work_id, is_internal_anchor FROM citations
       WHERE citing_work_id = ANY('${bigintArray(works)}'::bigint[]) ${condition}`,
    );
  const works = [...whole, ...grownAgain];
  const rows = works.length === 0 ? [] : await edgesOf(works);
  if (parts.size === 0) return rows;
  return rows.concat(await edgesOf(parts, `AND cited_work_id = ANY('${bigintArray(movedWorks)}'::bigint[])`));
}

/** An edge that there shall be. */
type Edge = {
  readonly citingWorkId: bigint;
  readonly citedWorkId: bigint;
  isInternalAnchor: boolean;
  /** Its mark as it is stored; null where it is not. */
  before: boolean | null;
};

/** What the references say, by citing and cited work. */
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

async function writeEdges(session: WriteSession, papers: Citing, changes: CitationChanges): Promise<void> {
  const wanted = wantedEdges(papers);
  const dropped: GraphEdge[] = [];
  for (const [citing, cited, isAnchor] of await readEdges(session, papers)) {
    const citingWorkId = BigInt(citing);
    const citedWorkId = BigInt(cited);
    const isGrown = papers.grown.has(citingWorkId);
    const edge = wanted.get(citingWorkId)?.get(citedWorkId);
    if (edge !== undefined) {
      edge.before = isAnchor;
      // What its other papers say was not read, and stays.
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
  storeEdges(session, { added, changed, dropped });
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
