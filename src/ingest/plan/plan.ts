import type { PaperMerge } from "../../protocol/index.ts";
import type { GraphChanges, StateChange, TotalName } from "../../store/index.ts";
import { planCitations } from "./citations.ts";
import { planIdentifiers } from "./identifiers.ts";
import { planLog, planRecords } from "./log.ts";
import type { LogKey, StoredPapers } from "./lookups.ts";
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
import { lookUp, type Planning, type RowChange, RowChanges } from "./planning.ts";
import { planReferences } from "./references.ts";
import { affectedWorks, lookUpOtherPapers, planWorks } from "./works.ts";

/**
 * All changes of a batch to the log and the tables derived from it, as data: applying them makes no further decisions.
 * Excludes the positions of the two feeds, which have their own counters, and quarantine (apply/quarantine.ts), which
 * is not a function of the log.
 */
export type BatchPlan = {
  /** In the order in which they must be applied. */
  readonly changes: readonly RowChange[];
  /** Amounts to add to the stored totals. */
  readonly totals: Readonly<Partial<Record<TotalName, number>>>;
  /** For the feed of states: papers whose state changed, or that have a better proved copy of an event. */
  readonly states: readonly StateChange[];
  /** For the feed of the citation graph. */
  readonly graph: GraphChanges;
  /** The papers to which the batch adds something. */
  readonly merged: ReadonlySet<bigint>;
  /** Merges of the logs after the plan, except those of new papers. */
  readonly merges: readonly (readonly [log: LogKey, merge: PaperMerge])[];
};

type PlanOptions = {
  /** The time of the batch, an ISO instant. */
  readonly now: string;
  /** Whether the new papers of the batch are already written (`planNewPapers`). */
  readonly areNewPapersWritten: boolean;
  /** Whether the tables are distributed: then citations are copied by citing and by cited work. */
  readonly areCitationsCopied: boolean;
};

/**
 * Plans a batch against the stored data of its papers. Pure: it yields lookups for all other data. The number of
 * lookups does not depend on the number of documents.
 */
export function* planBatch(
  incoming: readonly IncomingPaper[],
  stored: StoredPapers,
  { now, areNewPapersWritten, areCitationsCopied }: PlanOptions,
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
  const before = known.length === 0 ? new Map() : yield* lookUp("papers", known);
  const changes = papers.map(({ target, stored }) =>
    changeOf(target, before.get(target.paperId) ?? null, stored.pithNumber !== null),
  );
  yield* planPapers(
    rows,
    changes.filter((_, index) => !isWritten(papers[index] as MergedPaper)),
  );
  const others = yield* lookUpOtherPapers(changes);
  const identifiers = yield* planIdentifiers(rows, changes);
  const references = yield* planReferences(rows, changes, identifiers);
  const citations = yield* planCitations(
    rows,
    changes,
    references,
    new Set(others.keys()),
    areCitationsCopied,
  );
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
      changedWorks: difference(
        [...works.renamed, ...affectedWorks(changes), ...identifiers.worksOfDois],
        [...works.added, ...works.removed],
      ),
      putEdges: citations.putEdges,
      removedEdges: citations.removedEdges,
    },
    merged: new Set(papers.map(({ paperId }) => paperId)),
    merges: papers.flatMap(({ paperId, pithNumber, state, merge }) =>
      merge === null ? [] : [[{ paperId, pithNumber, logChecksum: state.logChecksum }, merge] as const],
    ),
  };
}

function difference(ids: readonly bigint[], others: readonly bigint[]): Set<bigint> {
  const rest = new Set(ids);
  for (const id of others) rest.delete(id);
  return rest;
}

/** Merges the documents of stored papers; new papers were merged before. */
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
  const logs = known.length === 0 ? new Map() : yield* lookUp("logs", known);
  return papers.flatMap(({ paperId, pithNumber, merged }) => {
    if (merged !== null) return merged;
    const addition = additions.get(paperId);
    if (addition === undefined) return [];
    const log = logs.get(paperId) ?? emptyLog(pithNumber);
    return mergePaper(paperId, pithNumber, addition, storedOf(stored, paperId, pithNumber), log);
  });
}

/** The part of a plan that concerns new papers alone: records, papers, claims and lookup keys. Yields no lookups. */
export function* planNewPapers(papers: readonly MergedPaper[]): Planning<readonly RowChange[]> {
  const rows = new RowChanges();
  planRecords(rows, papers);
  yield* planPapers(
    rows,
    papers.map(({ target }) => changeOf(target, null, false)),
  );
  return rows.list;
}

/** Also lists better proved copies of events: a mirror with a higher minimum proof lacks them so far. */
function stateChange({ paperId, pithNumber, stored, events, state }: MergedPaper): StateChange[] {
  if (stored.stateSha256 === state.sha256 && events.inserted.length + events.copies.length === 0) return [];
  return [{ paperId, pithNumber, before: stored.stateSha256, after: state.sha256 }];
}
