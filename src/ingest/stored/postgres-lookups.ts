import type { Proof } from "../../protocol/index.ts";
import { bigintArray, type QueryClient } from "../../store/index.ts";
import type {
  CitingReferences,
  LookupSource,
  PaperBefore,
  StoredEdge,
  StoredReference,
  TitledReference,
  WorkPaper,
} from "../plan/index.ts";
import { instantText, optionalId, queryListsByIndex } from "./read-rows.ts";
import { type MergeCache, readEndOfLog, readStoredLogs } from "./stored-logs.ts";
import { countVotes, findNamed, readIdentifiers, readStoredWorks, readTitles } from "./stored-works.ts";

/**
 * Answers the lookups of a plan from PostgreSQL, before the plan is written. Only its new papers may be written
 * already: its lookups exclude them. A log whose merge is in `cache` is not read.
 */
export function lookupsIn(client: QueryClient, cache?: MergeCache): LookupSource {
  return {
    logs: (papers) => readStoredLogs(client, papers, cache),
    endOfLog: (now) => readEndOfLog(client, now),
    signers: async (fingerprints) => {
      const { rows } = await client.query<{ fingerprint: string }>(
        "SELECT fingerprint FROM signers WHERE fingerprint = ANY($1::text[])",
        [fingerprints],
      );
      return new Set(rows.map(({ fingerprint }) => fingerprint));
    },
    papers: (paperIds) => readPapers(client, paperIds),
    paperKeys: async (paperIds) => {
      const { rows } = await client.query<{ paper_id: string; key: string }>(
        "SELECT paper_id, key FROM paper_keys WHERE paper_id = ANY($1::bigint[])",
        [bigintArray(paperIds)],
      );
      return rows.map(({ paper_id, key }) => [BigInt(paper_id), key]);
    },
    papersOfWorks: (workIds, except) => readWorkPapers(client, workIds, except),
    identifiers: (ids) => readIdentifiers(client, "identifier_id", ids),
    dependents: (ids) => readIdentifiers(client, "target_id", ids),
    named: (identifiers, except) => findNamed(client, identifiers, except),
    votes: (ids, except) => countVotes(client, ids, except),
    citedThrough: async (identifierIds, except) => {
      const { rows } = await client.query<{ paper_id: string; cited_work_id: string }>(
        `SELECT DISTINCT paper_id, cited_work_id FROM "references"
         WHERE (doi_id = ANY($1::bigint[]) OR work_uuid_id = ANY($1::bigint[]))
           AND NOT has_arxiv_id AND paper_id <> ALL($2::bigint[])`,
        [bigintArray(identifierIds), bigintArray(except)],
      );
      return rows.map((row) => [BigInt(row.paper_id), BigInt(row.cited_work_id)]);
    },
    referencesTo: (paperIds, workIds) => readReferencesTo(client, paperIds, workIds),
    citations: (citing, cited, except) =>
      queryListsByIndex<[string, string, boolean]>(
        client,
        `SELECT p.work_id, r.cited_work_id, bool_or(r.is_internal_anchor)
         FROM papers p JOIN "references" r USING (paper_id)
         WHERE p.work_id = ANY('${bigintArray(citing)}'::bigint[])
           AND r.cited_work_id = ANY('${bigintArray(cited)}'::bigint[])
           AND p.paper_id <> ALL('${bigintArray(except)}'::bigint[])
         GROUP BY 1, 2`,
      ) satisfies Promise<readonly StoredEdge[]>,
    works: (ids) => readStoredWorks(client, ids),
    titles: (workIds, except, identifiers) => readTitles(client, workIds, except, identifiers),
  };
}

async function readPapers(
  client: QueryClient,
  paperIds: readonly bigint[],
): Promise<Map<bigint, PaperBefore>> {
  const { rows } = await client.query<{
    paper_id: string;
    work_id: string;
    submitted_at: string;
    proof: Proof;
    snapshot: string | null;
    claim_count: number;
  }>(
    `SELECT paper_id, work_id, ${instantText("submitted_at")} AS submitted_at, proof,
       encode(snapshot_event_id, 'hex') AS snapshot, claim_count
     FROM papers WHERE paper_id = ANY($1::bigint[])`,
    [bigintArray(paperIds)],
  );
  const references = await readReferences(
    client,
    rows.map((row) => BigInt(row.paper_id)),
  );
  return new Map(
    rows.map((row) => {
      const paperId = BigInt(row.paper_id);
      const before = {
        workId: BigInt(row.work_id),
        submittedAt: row.submitted_at,
        proof: row.proof,
        snapshotEventId: row.snapshot,
        claimCount: row.claim_count,
        references: references.get(paperId) ?? [],
      };
      return [paperId, before];
    }),
  );
}

async function readWorkPapers(
  client: QueryClient,
  workIds: readonly bigint[],
  except: readonly bigint[],
): Promise<[workId: bigint, paper: WorkPaper][]> {
  const rows = await queryListsByIndex<
    [
      workId: string,
      paperId: string,
      pithNumber: string,
      sourceVersion: number | null,
      proof: Proof,
      submittedAt: string,
      title: string | null,
    ]
  >(
    client,
    `SELECT work_id, paper_id, pith_number, source_version, proof, ${instantText("submitted_at")}, title
     FROM papers
     WHERE work_id = ANY('${bigintArray(workIds)}'::bigint[]) AND paper_id <> ALL('${bigintArray(except)}'::bigint[])`,
  );
  return rows.map(([workId, paperId, pithNumber, sourceVersion, proof, submittedAt, title]) => [
    BigInt(workId),
    { paperId: BigInt(paperId), pithNumber, sourceVersion, proof, submittedAt, title },
  ]);
}

type ReferenceRow = {
  paper_id: string;
  ordinal: number;
  has_arxiv_id: boolean;
  doi_id: string | null;
  work_uuid_id: string | null;
  cited_work_id: string;
  is_internal_anchor: boolean;
};

async function readReferences(
  client: QueryClient,
  paperIds: readonly bigint[],
): Promise<Map<bigint, StoredReference[]>> {
  const byPaper = new Map<bigint, StoredReference[]>(paperIds.map((paperId) => [paperId, []]));
  if (byPaper.size === 0) return byPaper;
  const { rows } = await client.query<ReferenceRow>(
    `SELECT paper_id, ordinal, has_arxiv_id, doi_id, work_uuid_id, cited_work_id, is_internal_anchor
     FROM "references" WHERE paper_id = ANY($1::bigint[]) ORDER BY paper_id, ordinal`,
    [bigintArray(paperIds)],
  );
  for (const row of rows) byPaper.get(BigInt(row.paper_id))?.push(referenceOf(row));
  return byPaper;
}

async function readReferencesTo(
  client: QueryClient,
  paperIds: readonly bigint[],
  workIds: readonly bigint[],
): Promise<CitingReferences[]> {
  const { rows } = await client.query<
    ReferenceRow & {
      work_id: string;
      submitted_at: string;
      title: string | null;
      year: number | null;
      proof: Proof;
    }
  >(
    `SELECT r.paper_id, r.ordinal, r.has_arxiv_id, r.doi_id, r.work_uuid_id, r.cited_work_id, r.is_internal_anchor,
       r.title, r.year, p.proof, p.work_id, ${instantText("r.submitted_at")} AS submitted_at
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.paper_id = ANY($1::bigint[]) AND r.cited_work_id = ANY($2::bigint[]) ORDER BY r.paper_id, r.ordinal`,
    [bigintArray(paperIds), bigintArray(workIds)],
  );
  const papers = new Map<string, CitingReferences & { readonly references: TitledReference[] }>();
  for (const row of rows) {
    const { title, year, proof } = row;
    const reference = { ...referenceOf(row), title, year, proof };
    let paper = papers.get(row.paper_id);
    if (paper === undefined) {
      paper = {
        paperId: reference.paperId,
        workId: BigInt(row.work_id),
        submittedAt: row.submitted_at,
        references: [],
      };
      papers.set(row.paper_id, paper);
    }
    paper.references.push(reference);
  }
  return [...papers.values()];
}

function referenceOf(row: ReferenceRow): StoredReference {
  const citedWorkId = BigInt(row.cited_work_id);
  return {
    paperId: BigInt(row.paper_id),
    ordinal: row.ordinal,
    arxivId: row.has_arxiv_id ? citedWorkId : null,
    doiId: optionalId(row.doi_id),
    workUuidId: optionalId(row.work_uuid_id),
    citedWorkId,
    isInternalAnchor: row.is_internal_anchor,
  };
}
