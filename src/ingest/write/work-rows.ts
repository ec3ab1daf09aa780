import type { Proof } from "../../protocol/index.ts";
import { bigintArray, type Cell } from "../../store/rows.ts";
import { writeIdentifiers } from "./identifier-rows.ts";
import { inKeyOrder } from "./row-order.ts";
import type { WriteSession } from "./session.ts";
import { itself } from "./voices.ts";

/** A row of `works`. */
export type Work = {
  key: string;
  paperId: bigint | null;
  title: string | null;
  year: number | null;
  /** The year that the reference which gave the title states. */
  statedYear: number | null;
  /** Which reference gave the title. */
  titledBy: TitleSource | null;
  citedByCount: number;
  citingPaperCount: number;
  referenceCount: number;
  anchoredWorkCount: number;
};

/** Which reference gave a title, and the proof of the paper that has it. */
export type TitleSource = { readonly standing: Proof; readonly paperId: bigint; readonly ordinal: number };

export type WorkChanges = { readonly added: readonly bigint[]; readonly removed: readonly bigint[] };

type WorkEntry = readonly [id: bigint, work: Work];

/** The works as they are stored; no entry for those that are not. */
export async function readWorks(session: WriteSession, ids: Iterable<bigint>): Promise<Map<bigint, Work>> {
  const rows = await session.rowsBefore<
    [
      id: string,
      key: string,
      paperId: string | null,
      title: string | null,
      year: number | null,
      standing: Proof | null,
      titlePaperId: string | null,
      titleOrdinal: number | null,
      citedBy: number,
      citingPapers: number,
      references: number,
      anchoredWorks: number,
      statedYear: number | null,
    ]
  >(`SELECT ${columns.join(", ")} FROM works WHERE work_id = ANY($1::bigint[])`, [bigintArray(ids)]);
  const works = new Map<bigint, Work>();
  for (const row of rows) {
    const [id, key, paperId, title, year, standing, titlePaperId, ordinal] = row;
    works.set(BigInt(id), {
      key,
      paperId: paperId === null ? null : BigInt(paperId),
      title,
      year,
      titledBy:
        standing === null || titlePaperId === null || ordinal === null
          ? null
          : { standing, paperId: BigInt(titlePaperId), ordinal },
      citedByCount: row[8],
      citingPaperCount: row[9],
      referenceCount: row[10],
      anchoredWorkCount: row[11],
      statedYear: row[12],
    });
  }
  return works;
}

/**
 * Writes works where they differ from what is stored; those that nothing names any more go.
 *
 * @returns the works that are new, and those that are gone.
 */
export function storeWorks(
  session: WriteSession,
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
  // The most frequent change by far: a work that is known is cited once more.
  session.update("works", columns, inKeyOrder(recounted, idOf).map(cellsOf), counts);
  session.put(
    "works",
    columns,
    { added: inKeyOrder(added, idOf).map(cellsOf), changed: inKeyOrder(renamed, idOf).map(cellsOf) },
    `ON CONFLICT (work_id) DO UPDATE SET ${columns
      .slice(2)
      .map((column) => `${column} = excluded.${column}`)
      .join(", ")}`,
  );
  const removed = gone.map(([id]) => id);
  if (removed.length > 0) {
    session.write("DELETE FROM works WHERE work_id = ANY($1::bigint[])", [bigintArray(removed)]);
  }
  writeArxivIds(session, added, gone);
  return { added: added.map(([id]) => id), removed };
}

/**
 * A work is known by its arXiv id as long as a paper or a reference names that: `work_identifiers` has it while there
 * is the work. So nothing has to be read to know which of them are new.
 */
function writeArxivIds(session: WriteSession, added: readonly WorkEntry[], gone: readonly WorkEntry[]): void {
  writeIdentifiers(session, {
    added: added.filter(hasArxivId).map(([id, { key }]) => {
      return { id, kind: "arxiv", value: key.slice(arxiv.length), ...itself, workId: id };
    }),
    changed: [],
    gone: new Set(gone.filter(hasArxivId).map(([id]) => id)),
  });
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

const counts = ["cited_by_count", "citing_paper_count", "reference_count", "anchored_work_count"];

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
