import type { PaperMerge } from "../../protocol/index.ts";
import type { StateChange } from "../../store/feed.ts";
import type { GraphChanges } from "../../store/graph-payload.ts";
import type { TotalName } from "../../store/tables/index.ts";
import { planCitations } from "./citations.ts";
import { planIdentifiers } from "./identifiers.ts";
import { planLog, planRecords } from "./log.ts";
import {
  type Addition,
  additionOf,
  emptyLog,
  type IncomingPaper,
  type MergedPaper,
  mergePaper,
  storedOf,
} from "./merge-paper.ts";
import { changeOf, planPapers } from "./papers.ts";
import { ask, type Planning, type RowChange, RowChanges } from "./planning.ts";
import type { LogKey, StoredPapers } from "./questions.ts";
import { planReferences } from "./references.ts";
import { askOtherPapers, planWorks } from "./works.ts";

/**
 * All that a batch changes in the tables of the log and those that are derived from it, as data: nothing is left to be
 * decided when it is applied. It does not contain the positions of the two feeds, which their own counters give, nor what
 * concerns quarantine (apply/quarantine.ts), which is no function of the log.
 */
export type BatchPlan = {
  /** In the order in which they are to be made. */
  readonly changes: readonly RowChange[];
  /** What is added to the stored totals. */
  readonly totals: Readonly<Partial<Record<TotalName, number>>>;
  /** For the feed of states: papers whose state is another, or of whose events a better proved copy came. */
  readonly states: readonly StateChange[];
  /** For the feed of the citation graph. */
  readonly graph: GraphChanges;
  /** The papers to which the batch adds something. */
  readonly merged: ReadonlySet<bigint>;
  /** Merges of the logs as they are once the plan is applied, but for those of new papers. */
  readonly merges: readonly (readonly [log: LogKey, merge: PaperMerge])[];
};

type PlanOptions = {
  /** The time of the batch, an ISO instant. */
  readonly now: string;
  /** The new papers of the batch are written already: `planNewPapers` is applied. */
  readonly areNewPapersWritten: boolean;
};

/**
 * Plans a batch, compared with what is stored of its papers. Pure: what else it must know it asks for. The number of
 * questions does not depend on the number of documents.
 */
export function* planBatch(
  incoming: readonly IncomingPaper[],
  stored: StoredPapers,
  { now, areNewPapersWritten }: PlanOptions,
): Planning<BatchPlan> {
  const papers = yield* mergePapers(incoming, stored);
  const isWritten = ({ stored }: MergedPaper) => areNewPapersWritten && stored.pithNumber === null;
  const rows = new RowChanges();
  planRecords(
    rows,
    papers.filter((paper) => !isWritten(paper)),
  );
  const { insertedEvents } = yield* planLog(rows, papers, now);

  const known = papers.filter(({ stored }) => stored.pithNumber !== null).map(({ paperId }) => paperId);
  const before = known.length === 0 ? new Map() : yield* ask("papers", known);
  const changes = papers.map(({ target, stored }) =>
    changeOf(target, before.get(target.paperId) ?? null, stored.pithNumber !== null),
  );
  yield* planPapers(
    rows,
    changes.filter((_, index) => !isWritten(papers[index] as MergedPaper)),
  );
  const others = yield* askOtherPapers(changes);
  const identifiers = yield* planIdentifiers(rows, changes);
  const references = yield* planReferences(rows, changes, identifiers);
  const citations = yield* planCitations(rows, changes, references, new Set(others.keys()));
  const works = yield* planWorks(rows, changes, identifiers, references, citations.counts, others);

  const sum = <Item>(items: readonly Item[], amount: (item: Item) => number) =>
    items.reduce((total, item) => total + amount(item), 0);
  return {
    changes: rows.list,
    totals: {
      ...(insertedEvents > 0 ? { position: insertedEvents } : {}),
      papers: sum(changes, ({ row, before }) => Number(row !== null) - Number(before !== null)),
      works: works.added.length - works.removed.length,
      claims: sum(changes, ({ row, before }) => (row?.claimCount ?? 0) - (before?.claimCount ?? 0)),
      citations: citations.total,
      events: insertedEvents,
      invalid_events: sum(papers, ({ events }) => events.invalidChange),
    },
    states: papers.flatMap(stateChange),
    graph: {
      addedWorks: works.added,
      removedWorks: works.removed,
      putEdges: citations.putEdges,
      removedEdges: citations.removedEdges,
    },
    merged: new Set(papers.map(({ paperId }) => paperId)),
    merges: papers.flatMap(({ paperId, pithNumber, state, merge }) =>
      merge === null ? [] : [[{ paperId, pithNumber, logChecksum: state.logChecksum }, merge] as const],
    ),
  };
}

/** Merges the documents of papers that are stored; the new ones were merged as they came. */
function* mergePapers(papers: readonly IncomingPaper[], stored: StoredPapers): Planning<MergedPaper[]> {
  const additions = new Map<bigint, Addition>();
  for (const { paperId, pithNumber, documents, merged } of papers) {
    if (merged !== null) continue;
    const addition = additionOf(documents, storedOf(stored, paperId, pithNumber));
    if (addition !== null) additions.set(paperId, addition);
  }
  const known = papers.flatMap(({ paperId, pithNumber }): LogKey[] => {
    const paper = additions.has(paperId) ? stored.get(paperId) : undefined;
    return paper === undefined ? [] : [{ paperId, pithNumber, logChecksum: paper.logChecksum }];
  });
  const logs = known.length === 0 ? new Map() : yield* ask("logs", known);
  return papers.flatMap(({ paperId, pithNumber, merged }) => {
    if (merged !== null) return merged;
    const addition = additions.get(paperId);
    if (addition === undefined) return [];
    const log = logs.get(paperId) ?? emptyLog(pithNumber);
    return mergePaper(paperId, pithNumber, addition, storedOf(stored, paperId, pithNumber), log);
  });
}

/**
 * The part of a plan that concerns new papers alone: records, papers, claims, and the keys that find them. It asks
 * nothing.
 */
export function* planNewPapers(papers: readonly MergedPaper[]): Planning<readonly RowChange[]> {
  const rows = new RowChanges();
  planRecords(rows, papers);
  yield* planPapers(
    rows,
    papers.map(({ target }) => changeOf(target, null, false)),
  );
  return rows.list;
}

/** Also a better proved copy of an event is listed: a mirror that accepts nothing less has not got it yet. */
function stateChange({ paperId, pithNumber, stored, events, state }: MergedPaper): StateChange[] {
  if (stored.stateSha256 === state.sha256 && events.inserted.length + events.copies.length === 0) return [];
  return [{ paperId, pithNumber, before: stored.stateSha256, after: state.sha256 }];
}
