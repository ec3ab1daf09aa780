import type pg from "pg";
import { bigintArray, type Cell, insertRows } from "../../store/rows.ts";
import type { PaperChange, StoredReference } from "./paper-change.ts";
import { type ReferenceChange, readReferences } from "./references.ts";

/** How the counts of works change. */
export type CountChanges = {
  /** By cited work: rows of `citations` more or fewer. */
  readonly citedBy: Map<bigint, number>;
  /** By cited work: rows of `citing_papers` more or fewer. */
  readonly citingPapers: Map<bigint, number>;
  /** By citing work: how many works it cites now. */
  readonly references: Map<bigint, number>;
  /** Rows of `citations` more or fewer in all. */
  total: number;
};

/**
 * Makes the edges what the references say: each work of a changed paper, and of a paper whose references moved, is
 * compared as a whole with what is stored.
 */
export async function writeCitations(
  client: pg.ClientBase,
  changes: readonly PaperChange[],
  referenceChanges: readonly ReferenceChange[],
): Promise<CountChanges> {
  const counts: CountChanges = {
    citedBy: new Map(),
    citingPapers: new Map(),
    references: new Map(),
    total: 0,
  };
  const papers = await citingPapersOf(client, changes, referenceChanges);
  await writeEdges(client, papers, counts);
  await writeCitingPapers(client, papers, referenceChanges, counts);
  return counts;
}

type CitingPapers = {
  /** The works that cite, each with its papers; also works that have none left. */
  readonly byWork: ReadonlyMap<bigint, readonly bigint[]>;
  readonly submittedAt: ReadonlyMap<bigint, string>;
  readonly references: ReadonlyMap<bigint, readonly StoredReference[]>;
};

async function citingPapersOf(
  client: pg.ClientBase,
  changes: readonly PaperChange[],
  referenceChanges: readonly ReferenceChange[],
): Promise<CitingPapers> {
  const works = new Set<bigint>();
  for (const { before, row, hasNewContent } of changes) {
    if (!hasNewContent && before?.workId === row?.workId) continue;
    if (before !== null) works.add(before.workId);
    if (row !== null) works.add(row.workId);
  }
  const written = new Set(changes.filter(({ hasNewContent }) => hasNewContent).map(({ paperId }) => paperId));
  const moved = referenceChanges.map(({ paperId }) => paperId).filter((paperId) => !written.has(paperId));
  const { rows } = await client.query<{ paper_id: string; work_id: string; submitted_at: string }>(
    `SELECT paper_id, work_id, submitted_at::text FROM papers
     WHERE work_id = ANY($1::bigint[])
        OR work_id IN (SELECT work_id FROM papers WHERE paper_id = ANY($2::bigint[]))`,
    [bigintArray(works), bigintArray(moved)],
  );
  const byWork = new Map<bigint, bigint[]>([...works].map((work) => [work, []]));
  const submittedAt = new Map<bigint, string>();
  for (const row of rows) {
    const paperId = BigInt(row.paper_id);
    const workId = BigInt(row.work_id);
    const papers = byWork.get(workId) ?? [];
    papers.push(paperId);
    byWork.set(workId, papers);
    submittedAt.set(paperId, row.submitted_at);
  }
  const references = new Map<bigint, readonly StoredReference[]>(
    referenceChanges.map(({ paperId, after }) => [paperId, after]),
  );
  const others = [...submittedAt.keys()].filter((paperId) => !references.has(paperId));
  for (const [paperId, rows] of await readReferences(client, others)) references.set(paperId, rows);
  return { byWork, submittedAt, references };
}

/** An edge's ends as one text: what the maps below are keyed by. */
function edgeKey(citing: bigint | string, cited: bigint | string): string {
  return `${citing} ${cited}`;
}

async function writeEdges(client: pg.ClientBase, papers: CitingPapers, counts: CountChanges): Promise<void> {
  const wanted = new Map<string, { citing: bigint; cited: bigint; isAnchor: boolean }>();
  for (const [citing, paperIds] of papers.byWork) {
    const cites = new Set<bigint>();
    for (const paperId of paperIds) {
      for (const { citedWorkId: cited, isInternalAnchor } of papers.references.get(paperId) ?? []) {
        const key = edgeKey(citing, cited);
        cites.add(cited);
        wanted.set(key, { citing, cited, isAnchor: isInternalAnchor || wanted.get(key)?.isAnchor === true });
      }
    }
    counts.references.set(citing, cites.size);
  }
  const { rows } = await client.query<{ citing: string; cited: string; is_anchor: boolean }>(
    `SELECT citing_work_id AS citing, cited_work_id AS cited, is_internal_anchor AS is_anchor
     FROM citations WHERE citing_work_id = ANY($1::bigint[])`,
    [bigintArray(papers.byWork.keys())],
  );
  const dropped: { citing: bigint; cited: bigint }[] = [];
  const stored = new Map<string, boolean>();
  for (const row of rows) {
    const key = edgeKey(row.citing, row.cited);
    stored.set(key, row.is_anchor);
    if (!wanted.has(key)) dropped.push({ citing: BigInt(row.citing), cited: BigInt(row.cited) });
  }
  const written: Cell[][] = [];
  for (const [key, { citing, cited, isAnchor }] of wanted) {
    const before = stored.get(key);
    if (before === isAnchor) continue;
    written.push([citing, cited, isAnchor]);
    if (before === undefined) count(counts, counts.citedBy, cited, 1);
  }
  for (const { cited } of dropped) count(counts, counts.citedBy, cited, -1);
  if (dropped.length > 0) {
    await client.query(
      `DELETE FROM citations USING unnest($1::bigint[], $2::bigint[]) AS gone (citing, cited)
       WHERE citing_work_id = gone.citing AND cited_work_id = gone.cited`,
      [bigintArray(dropped.map(({ citing }) => citing)), bigintArray(dropped.map(({ cited }) => cited))],
    );
  }
  await insertRows(
    client,
    "citations",
    ["citing_work_id", "cited_work_id", "is_internal_anchor"],
    written,
    `ON CONFLICT (citing_work_id, cited_work_id) DO UPDATE SET is_internal_anchor = excluded.is_internal_anchor`,
  );
}

function count(counts: CountChanges, map: Map<bigint, number>, key: bigint, change: number): void {
  map.set(key, (map.get(key) ?? 0) + change);
  if (map === counts.citedBy) counts.total += change;
}

/** A record's time is under its hash: it never changes, so only the works cited can. */
async function writeCitingPapers(
  client: pg.ClientBase,
  papers: CitingPapers,
  referenceChanges: readonly ReferenceChange[],
  counts: CountChanges,
): Promise<void> {
  const added: Cell[][] = [];
  const dropped: { cited: bigint; paperId: bigint }[] = [];
  for (const { paperId, before, after } of referenceChanges) {
    const old = new Set(before.map(({ citedWorkId }) => citedWorkId));
    const now = new Set(after.map(({ citedWorkId }) => citedWorkId));
    for (const cited of now) {
      if (old.has(cited)) continue;
      added.push([cited, papers.submittedAt.get(paperId) ?? null, paperId]);
      count(counts, counts.citingPapers, cited, 1);
    }
    for (const cited of old) {
      if (now.has(cited)) continue;
      dropped.push({ cited, paperId });
      count(counts, counts.citingPapers, cited, -1);
    }
  }
  if (dropped.length > 0) {
    await client.query(
      `DELETE FROM citing_papers USING unnest($1::bigint[], $2::bigint[]) AS gone (cited, paper)
       WHERE cited_work_id = gone.cited AND paper_id = gone.paper`,
      [bigintArray(dropped.map(({ cited }) => cited)), bigintArray(dropped.map(({ paperId }) => paperId))],
    );
  }
  await insertRows(client, "citing_papers", ["cited_work_id", "submitted_at", "paper_id"], added);
}
