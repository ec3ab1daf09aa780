import { eq, sql } from "drizzle-orm";
import type { WorkSummary } from "../../src/graph/index.ts";
import { papers, workIdentifiers, works } from "../../src/store/index.ts";
import type { TestDatabase } from "../database.ts";

type SummaryPaper = {
  readonly paperId: bigint;
  readonly pithNumber: string;
  readonly title: string | null;
  readonly submittedAt: string;
  readonly primaryCategory: string | null;
  readonly proof: string;
  /** Null if it has more than a summary. */
  readonly authors: readonly string[] | null;
  /** Null if it is not the work's arXiv id. */
  readonly source: readonly [kind: string, id: string, version: number | null] | null;
};

/** What the summary of a work should be. */
export type SummaryRow = {
  readonly workId: bigint;
  readonly key: string;
  readonly title: string | null;
  readonly year: number | null;
  readonly statedYear: number | null;
  readonly paperId: bigint | null;
  readonly citedByCount: number;
  readonly referenceCount: number;
  readonly otherDoi: string | null;
  readonly paper: SummaryPaper | null;
};

export type TableRow = SummaryRow & { readonly paperIds: readonly bigint[] };

/** Reads every work, and all papers, from the tables. */
export async function readSummaryRows({ db }: TestDatabase): Promise<TableRow[]> {
  const [workRows, paperRows, dois] = await Promise.all([
    db.select().from(works),
    db.select().from(papers),
    db
      .select()
      .from(workIdentifiers)
      .where(eq(workIdentifiers.kind, "doi"))
      .orderBy(sql`${workIdentifiers.value} COLLATE "C"`),
  ]);
  return workRows.map((work) => {
    const paper = paperRows.find(({ paperId }) => paperId === work.paperId) ?? null;
    const isKeySource = paper?.sourceKind === "arxiv" && `arxiv:${paper.sourceId}` === work.key;
    return {
      workId: work.workId,
      key: work.key,
      title: work.title,
      year: work.year,
      statedYear: work.statedYear,
      paperId: work.paperId,
      citedByCount: work.citedByCount,
      referenceCount: work.referenceCount,
      otherDoi:
        dois.find(({ workId, identifierId }) => workId === work.workId && identifierId !== workId)?.value ??
        null,
      paper: paper && {
        paperId: paper.paperId,
        pithNumber: paper.pithNumber,
        title: paper.title,
        submittedAt: paper.submittedAt,
        primaryCategory: paper.primaryCategory,
        proof: paper.proof,
        authors: paper.authors.length > 6 ? null : paper.authors,
        source: isKeySource ? [paper.sourceKind, paper.sourceId, paper.sourceVersion] : null,
      },
      paperIds: paperRows.filter(({ workId }) => workId === work.workId).map(({ paperId }) => paperId),
    };
  });
}

/** All that a summary says. */
export function summaryRowOf(summary: WorkSummary): SummaryRow {
  const { paper } = summary;
  return {
    workId: summary.workId,
    key: summary.key,
    title: summary.title,
    year: summary.year,
    statedYear: summary.statedYear,
    paperId: summary.paperId,
    citedByCount: summary.citedByCount,
    referenceCount: summary.referenceCount,
    otherDoi: summary.otherDoi,
    paper: paper && {
      paperId: paper.paperId,
      pithNumber: paper.pithNumber,
      title: paper.title,
      submittedAt: paper.submittedAt,
      primaryCategory: paper.primaryCategory,
      proof: paper.proof,
      authors: paper.hasAllAuthors ? paper.authors : null,
      source: paper.hasSource ? [paper.sourceKind, paper.sourceId, paper.sourceVersion] : null,
    },
  };
}
