import { type GraphService, type PaperSummary, type Summaries, WorkSummary } from "../../graph/index.ts";
import type { DataVersion } from "../../store/index.ts";
import type { FromSummaries } from "./batching.ts";
import type { ColumnSet } from "./columns.ts";
import { type PaperRow, paperColumns, type WorkRow, workColumns } from "./papers.ts";
import type { SummarySource } from "./shared-batches.ts";

/*
 * Summaries in memory as rows: they have some of the columns, under the same names.
 */

const ofWork = workColumns.of(
  "workId",
  "key",
  "paperId",
  "title",
  "year",
  "statedYear",
  "citedByCount",
  "referenceCount",
);
const ofPaper = paperColumns.of(
  "paperId",
  "workId",
  "pithNumber",
  "title",
  "submittedAt",
  "primaryCategory",
  "proof",
);
const authors = paperColumns.of("authors");
const source = paperColumns.of("sourceKind", "sourceId", "sourceVersion");
const ofAnyPaper = ofPaper.union(source).union(authors);

/**
 * The summaries of a graph, for requests to the server whose version is read: a summary is at least as new as the data
 * that a request would read there.
 */
export function currentSummaries(
  graph: Pick<GraphService, "summaries">,
  version: Pick<DataVersion, "read" | "graphPosition">,
): SummarySource {
  return async (isVersionRead) => {
    if (graph.summaries() === null) return null;
    try {
      if (!isVersionRead) await version.read();
    } catch {
      // The statements will report the error.
      return null;
    }
    const summaries = graph.summaries();
    return summaries !== null && summaries.position >= version.graphPosition ? summaries : null;
  };
}

export const workFromSummaries: FromSummaries<WorkRow> = (summaries, workId, columns) => {
  if (!ofWork.includes(columns)) return undefined;
  return (summaries.ofWork(workId) as WorkRow | null) ?? undefined;
};

export const paperFromSummaries: FromSummaries<PaperRow> = (summaries, paperId, columns) =>
  ofAnyPaper.includes(columns) ? paperRowOf(summaries.ofPaper(paperId)?.paper, columns) : undefined;

/** A paper's summary as a row; undefined if it lacks one of the columns. */
export function paperRowOf(
  summary: PaperSummary | null | undefined,
  columns: ColumnSet<PaperRow>,
): PaperRow | undefined {
  return summary && hasColumns(summary, columns) ? (summary as unknown as PaperRow) : undefined;
}

function hasColumns({ hasAllAuthors, hasSource }: PaperSummary, columns: ColumnSet<PaperRow>): boolean {
  if (ofPaper.includes(columns)) return true;
  if (!ofAnyPaper.includes(columns)) return false;
  return (hasAllAuthors || !columns.intersects(authors)) && (hasSource || !columns.intersects(source));
}

type CitedColumns = { work: ColumnSet<WorkRow> | null; paper: ColumnSet<PaperRow> | null };

/** What has to be read of the cited works and papers if most of them have summaries: nothing, or all of it. */
export function withoutSummaries(cited: Readonly<CitedColumns>): Readonly<CitedColumns> {
  const { work, paper } = cited;
  const isCovered =
    (work === null || ofWork.includes(work)) && (paper === null || ofAnyPaper.includes(paper));
  return isCovered ? { work: null, paper: null } : cited;
}

/** The summary that a row is; null if it was read from the tables. */
export function summaryOf(work: unknown): WorkSummary | null {
  return work instanceof WorkSummary ? work : null;
}

/** What a query selects of works, and of their papers if it selects these. */
export type SelectedWorks = {
  readonly columns: ColumnSet<WorkRow>;
  readonly paperColumns: ColumnSet<PaperRow> | null;
};

/** The rows of works, in their order, if all have a summary with what is selected; otherwise null. */
export function rowsFromSummaries(
  summaries: Summaries,
  ids: BigUint64Array | readonly bigint[],
  { columns, paperColumns: ofPapers }: SelectedWorks,
): WorkRow[] | null {
  if (!ofWork.includes(columns) || (ofPapers !== null && !ofAnyPaper.includes(ofPapers))) return null;
  const works = summaries.ofWorks(ids);
  const isComplete =
    ofPapers === null || works?.every(({ paper }) => paper === null || hasColumns(paper, ofPapers));
  return isComplete ? (works as WorkRow[] | null) : null;
}
