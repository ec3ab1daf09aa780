import type pg from "pg";
import { type CheckResult, LogReader, PaperMerge, type Proof } from "../../protocol/index.ts";
import { type IdentifierKind, readVotes, type Target } from "../../row-rules/index.ts";
import { bigintArray, parseEventTexts, type QueryClient, readEventTexts } from "../../store/index.ts";
import {
  type Answers,
  type Evidence,
  type Identifier,
  isBetterSource,
  type LogKey,
  type PaperBefore,
  recordOf,
  type StoredEdge,
  type StoredLog,
  type StoredReference,
  type Title,
  type TitledReference,
  type VoteCount,
  type Work,
  type WorkPaper,
} from "../plan/index.ts";
import type { KeptMerges } from "./kept-merges.ts";

/**
 * Answers the questions of a plan from PostgreSQL, before the plan is written. Only its new papers may be written
 * already: its questions exclude them. A log whose merge is in `merges` is not read.
 */
export function answersFrom(client: QueryClient, merges?: KeptMerges): Answers {
  return {
    logs: (papers) => readStoredLogs(client, papers, merges),
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
    papersOfWorks: (workIds, except) =>
      readWorkPapers(client, `work_id = ANY('${bigintArray(workIds)}'::bigint[])`, except),
    siblings: (paperIds, except) =>
      readWorkPapers(
        client,
        `work_id = ANY(ARRAY(SELECT work_id FROM papers WHERE paper_id = ANY('${bigintArray(paperIds)}'::bigint[])))`,
        except,
      ),
    identifiers: (ids) => readIdentifiers(client, "identifier_id", ids),
    dependents: (ids) => readIdentifiers(client, "target_id", ids),
    named: (identifiers, except) => findNamed(client, identifiers, except),
    voices: (ids, except) => countVoices(client, ids, except),
    citedThrough: async (identifierIds, except) => {
      const { rows } = await client.query<{ paper_id: string; cited_work_id: string }>(
        `SELECT DISTINCT paper_id, cited_work_id FROM "references"
         WHERE (doi_id = ANY($1::bigint[]) OR work_uuid_id = ANY($1::bigint[]))
           AND arxiv_id IS NULL AND paper_id <> ALL($2::bigint[])`,
        [bigintArray(identifierIds), bigintArray(except)],
      );
      return rows.map((row) => [BigInt(row.paper_id), BigInt(row.cited_work_id)]);
    },
    references: (paperIds) => readReferences(client, paperIds),
    referencesTo: (paperIds, workIds) => readReferencesTo(client, paperIds, workIds),
    citations: (citing, cited) => {
      const condition =
        cited === undefined ? "" : `AND cited_work_id = ANY('${bigintArray(cited)}'::bigint[])`;
      return rowsByIndex<[string, string, boolean]>(
        client,
        `SELECT citing_work_id, cited_work_id, is_internal_anchor FROM citations
         WHERE citing_work_id = ANY('${bigintArray(citing)}'::bigint[]) ${condition}`,
      ) satisfies Promise<readonly StoredEdge[]>;
    },
    works: (ids) => readWorks(client, ids),
    titles: (workIds, except, identifiers) => readTitles(client, workIds, except, identifiers),
  };
}

/** Rows as lists of cells: half the work for many rows. */
async function rowsOf<Row extends unknown[]>(
  client: QueryClient,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return (await client.query<Row>({ text, values: [...values], rowMode: "array" })).rows;
}

/**
 * Reads rows as lists and never scans a table sequentially. For a table that was never analysed (such as one being
 * filled), the planner estimates that a batch's keys match most of it and would scan it for each batch. So sequential
 * scans are disabled for this statement alone: all three statements are one message, which no other statement of the
 * connection can interrupt. Such a message has no parameters: `text` contains its values, and must consist of numbers
 * only.
 */
async function rowsByIndex<Row extends unknown[]>(client: QueryClient, text: string): Promise<Row[]> {
  const statements = `SET LOCAL enable_seqscan = off; ${text}; SET LOCAL enable_seqscan = DEFAULT`;
  const results: unknown = await client.query({ text: statements, rowMode: "array" });
  return (results as pg.QueryArrayResult<Row>[])[1]?.rows ?? [];
}

// ---- The log

async function readStoredLogs(
  client: QueryClient,
  papers: readonly LogKey[],
  kept: KeptMerges | undefined,
): Promise<Map<bigint, StoredLog>> {
  const merges = new Map(papers.map((log) => [log.paperId, kept?.take(log)]));
  const unknown = papers.filter(({ paperId }) => merges.get(paperId) === undefined);
  for (const [paperId, merge] of await readMerges(client, unknown)) merges.set(paperId, merge);
  const ids = [bigintArray(papers.map(({ paperId }) => paperId))];
  const records = await client.query<{ paper_id: string; record: string }>(
    "SELECT paper_id, record FROM records WHERE paper_id = ANY($1::bigint[]) AND record IS NOT NULL",
    ids,
  );
  const published = await client.query<{ paper_id: string; results: CheckResult[] }>(
    `SELECT paper_id, array_agg(DISTINCT result::text) AS results
     FROM published_states WHERE paper_id = ANY($1::bigint[]) GROUP BY paper_id`,
    ids,
  );
  const recordTexts = new Map(records.rows.map((row) => [BigInt(row.paper_id), row.record]));
  const results = new Map(published.rows.map((row) => [BigInt(row.paper_id), row.results]));
  return new Map(
    papers.map(({ paperId, pithNumber }) => [
      paperId,
      {
        merge: merges.get(paperId) ?? new PaperMerge(pithNumber),
        record: recordOf(recordTexts.get(paperId) ?? null),
        publishedResults: results.get(paperId) ?? [],
      },
    ]),
  );
}

/** Merges the stored events of papers. */
async function readMerges(
  client: QueryClient,
  papers: readonly LogKey[],
): Promise<(readonly [bigint, PaperMerge])[]> {
  if (papers.length === 0) return [];
  const texts = await readEventTexts(
    client,
    papers.map(({ paperId }) => paperId),
  );
  const reader = new LogReader();
  return papers.map(({ paperId, pithNumber }) => [
    paperId,
    new PaperMerge(pithNumber, parseEventTexts(texts.get(paperId) ?? "", reader)),
  ]);
}

/** Two statements: the counter is on one server, even if the events are distributed. */
async function readEndOfLog(
  client: QueryClient,
  now: string,
): Promise<{ position: number; receivedAt: string }> {
  const last = await client.query<{ value: string }>("SELECT value FROM totals WHERE name = 'position'");
  const latest = await client.query<{ received_at: string }>(
    `SELECT to_char(greatest($1::timestamptz, max(received_at)) AT TIME ZONE 'UTC',
                    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_at FROM events`,
    [now],
  );
  return {
    position: Number(last.rows[0]?.value ?? 0),
    receivedAt: latest.rows[0]?.received_at ?? now,
  };
}

// ---- Papers and references

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
    `SELECT paper_id, work_id, ${instant("submitted_at")} AS submitted_at, proof,
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

/** In SQL: formats an instant as `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
function instant(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

async function readWorkPapers(
  client: QueryClient,
  condition: string,
  except: readonly bigint[],
): Promise<[workId: bigint, paper: WorkPaper][]> {
  const rows = await rowsByIndex<
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
    `SELECT work_id, paper_id, pith_number, source_version, proof, ${instant("submitted_at")}, title
     FROM papers WHERE ${condition} AND paper_id <> ALL('${bigintArray(except)}'::bigint[])`,
  );
  return rows.map(([workId, paperId, pithNumber, sourceVersion, proof, submittedAt, title]) => [
    BigInt(workId),
    { paperId: BigInt(paperId), pithNumber, sourceVersion, proof, submittedAt, title },
  ]);
}

type ReferenceRow = {
  paper_id: string;
  ordinal: number;
  arxiv_id: string | null;
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
    `SELECT paper_id, ordinal, arxiv_id, doi_id, work_uuid_id, cited_work_id, is_internal_anchor
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
): Promise<Map<bigint, TitledReference[]>> {
  const byPaper = new Map<bigint, TitledReference[]>(paperIds.map((paperId) => [paperId, []]));
  const { rows } = await client.query<
    ReferenceRow & { title: string | null; year: number | null; proof: Proof }
  >(
    `SELECT r.paper_id, r.ordinal, r.arxiv_id, r.doi_id, r.work_uuid_id, r.cited_work_id, r.is_internal_anchor,
       r.title, r.year, p.proof
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.paper_id = ANY($1::bigint[]) AND r.cited_work_id = ANY($2::bigint[]) ORDER BY r.paper_id, r.ordinal`,
    [bigintArray(paperIds), bigintArray(workIds)],
  );
  for (const row of rows) {
    const { title, year, proof } = row;
    byPaper.get(BigInt(row.paper_id))?.push({ ...referenceOf(row), title, year, standing: proof });
  }
  return byPaper;
}

function referenceOf(row: ReferenceRow): StoredReference {
  return {
    paperId: BigInt(row.paper_id),
    ordinal: row.ordinal,
    arxivId: optionalId(row.arxiv_id),
    doiId: optionalId(row.doi_id),
    workUuidId: optionalId(row.work_uuid_id),
    citedWorkId: BigInt(row.cited_work_id),
    isInternalAnchor: row.is_internal_anchor,
  };
}

function optionalId(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}

// ---- Identifiers

async function readIdentifiers(
  client: QueryClient,
  column: "identifier_id" | "target_id",
  ids: readonly bigint[],
): Promise<Map<bigint, Identifier>> {
  const rows = await rowsOf<
    [
      id: string,
      kind: IdentifierKind,
      value: string,
      targetId: string | null,
      targetKind: Evidence["targetKind"] | null,
      standing: Proof | null,
      workId: string,
      voices: string | null,
    ]
  >(
    client,
    `SELECT identifier_id, kind, value, target_id, target_kind, target_standing, work_id, voices
     FROM work_identifiers WHERE ${column} = ANY($1::bigint[])`,
    [bigintArray(ids)],
  );
  const identifiers = new Map<bigint, Identifier>();
  for (const [idText, kind, value, targetId, targetKind, standing, workId, voices] of rows) {
    const id = BigInt(idText);
    const target =
      targetId === null || targetKind === null || standing === null
        ? null
        : { targetId: BigInt(targetId), targetKind, standing };
    // Most identifiers resolve to themselves.
    identifiers.set(id, {
      id,
      kind,
      value,
      target,
      voices: voices === null || standing === null ? null : { standing, list: readVotes(voices) },
      workId: workId === idText ? id : BigInt(workId),
    });
  }
  return identifiers;
}

/** References to works with more citing papers than this are queried one by one. */
const manyCitingPapers = 1_000;

/**
 * One reference is enough: identifiers of a frequently cited work are queried separately, with LIMIT, so that not all
 * of its references are scanned.
 */
async function findNamed(
  client: QueryClient,
  identifiers: readonly Identifier[],
  except: readonly bigint[],
): Promise<Set<bigint>> {
  const named = new Set<bigint>();
  const works = bigintArray(new Set(identifiers.map(({ workId }) => workId)));
  const crowded = await rowsByIndex<[workId: string]>(
    client,
    `SELECT work_id FROM works
     WHERE work_id = ANY('${works}'::bigint[]) AND citing_paper_count > ${manyCitingPapers}`,
  );
  const crowdedWorks = new Set(crowded.map(([workId]) => BigInt(workId)));
  const alone = identifiers.filter(({ workId }) => crowdedWorks.has(workId));
  const together = identifiers.filter(({ workId }) => !crowdedWorks.has(workId));
  const others = `paper_id <> ALL('${bigintArray(except)}'::bigint[])`;
  for (const column of ["doi_id", "work_uuid_id"]) {
    const note = async (condition: string, most: string) => {
      const rows = await rowsByIndex<[id: string]>(
        client,
        `SELECT DISTINCT ${column} FROM "references" WHERE ${condition} AND ${others} ${most}`,
      );
      for (const [id] of rows) named.add(BigInt(id));
    };
    const ids = bigintArray(together.map(({ id }) => id));
    if (together.length > 0) await note(`${column} = ANY('${ids}'::bigint[])`, "");
    for (const { id } of alone) await note(`${column} = ${id}`, "LIMIT 1");
  }
  return named;
}

async function countVoices(
  client: QueryClient,
  ids: readonly bigint[],
  except: readonly bigint[],
): Promise<VoteCount[]> {
  // A paper names an identifier alone if none of its references names another beside it.
  const countOf = (identifier: string, target: string, kind: string) =>
    `SELECT id, target_id, target_kind, standing, count(*)::int AS papers
     FROM (
       SELECT DISTINCT r.${identifier} AS id, r.paper_id, p.proof AS standing, ${target} AS target_id,
         ${kind} AS target_kind, count(${target}) OVER (PARTITION BY r.${identifier}, r.paper_id) AS targets
       FROM "references" r JOIN papers p USING (paper_id)
       WHERE r.${identifier} = ANY($1::bigint[]) AND r.paper_id <> ALL($2::bigint[])
     ) AS said
     WHERE target_id IS NOT NULL OR targets = 0
     GROUP BY id, target_id, target_kind, standing`;
  const { rows } = await client.query<{
    id: string;
    target_id: string | null;
    target_kind: Target["targetKind"];
    standing: Proof;
    papers: number;
  }>(
    `${countOf("doi_id", "r.arxiv_id", "'arxiv'")} UNION ALL
     ${countOf("work_uuid_id", "coalesce(r.arxiv_id, r.doi_id)", "CASE WHEN r.arxiv_id IS NULL THEN 'doi' ELSE 'arxiv' END")}`,
    [bigintArray(ids), bigintArray(except)],
  );
  return rows.map(({ id, target_id: target, target_kind: targetKind, standing, papers }) => ({
    identifierId: BigInt(id),
    standing,
    target: target === null ? null : { targetId: BigInt(target), targetKind },
    papers,
  }));
}

// ---- Works

async function readWorks(client: QueryClient, ids: readonly bigint[]): Promise<Map<bigint, Work>> {
  const rows = await rowsOf<
    [
      id: string,
      key: string,
      paperId: string | null,
      title: string | null,
      year: number | null,
      statedYear: number | null,
      standing: Proof | null,
      titlePaperId: string | null,
      titleOrdinal: number | null,
      citedBy: number,
      citingPapers: number,
      references: number,
      anchoredWorks: number,
    ]
  >(
    client,
    `SELECT work_id, key, paper_id, title, year, stated_year, title_standing, title_paper_id, title_ordinal,
       cited_by_count, citing_paper_count, reference_count, anchored_work_count
     FROM works WHERE work_id = ANY($1::bigint[])`,
    [bigintArray(ids)],
  );
  const works = new Map<bigint, Work>();
  for (const row of rows) {
    const [id, key, paperId, title, year, statedYear, standing, titlePaperId, ordinal] = row;
    works.set(BigInt(id), {
      key,
      paperId: optionalId(paperId),
      title,
      year,
      statedYear,
      titledBy:
        standing === null || titlePaperId === null || ordinal === null
          ? null
          : { standing, paperId: BigInt(titlePaperId), ordinal },
      citedByCount: row[9],
      citingPaperCount: row[10],
      referenceCount: row[11],
      anchoredWorkCount: row[12],
    });
  }
  return works;
}

/** Papers per query of references. */
const papersAtOnce = 5_000;

/** `citing_papers` lists the papers that have references to a work. */
async function readTitles(
  client: QueryClient,
  ids: readonly bigint[],
  except: readonly bigint[],
  identifiers: readonly bigint[],
): Promise<Map<bigint, Title>> {
  const titles = new Map<bigint, Title>();
  const works = bigintArray(ids);
  const citing = await client.query<{ paper_id: string }>(
    `SELECT DISTINCT paper_id FROM citing_papers
     WHERE cited_work_id = ANY($1::bigint[]) AND paper_id <> ALL($2::bigint[])`,
    [works, bigintArray(except)],
  );
  for (let start = 0; start < citing.rows.length; start += papersAtOnce) {
    const papers = citing.rows.slice(start, start + papersAtOnce).map((row) => row.paper_id);
    const { rows } = await client.query<{
      work_id: string;
      proof: Proof;
      paper_id: string;
      ordinal: number;
      title: string;
      year: number | null;
    }>(
      `SELECT DISTINCT ON (r.cited_work_id) r.cited_work_id AS work_id, p.proof, r.paper_id, r.ordinal, r.title, r.year
       FROM "references" r JOIN papers p USING (paper_id)
       WHERE r.paper_id = ANY($2::bigint[]) AND r.cited_work_id = ANY($1::bigint[]) AND r.title IS NOT NULL
         AND (r.arxiv_id IS NOT NULL OR coalesce(r.doi_id, r.work_uuid_id) IS NULL
              OR coalesce(r.doi_id, r.work_uuid_id) <> ALL($3::bigint[]))
       ORDER BY r.cited_work_id, p.proof DESC, r.paper_id, r.ordinal`,
      [works, `{${papers.join(",")}}`, bigintArray(identifiers)],
    );
    for (const { work_id, paper_id, proof, ordinal, title, year } of rows) {
      const candidate = { standing: proof, paperId: BigInt(paper_id), ordinal, title, year };
      const best = titles.get(BigInt(work_id));
      if (best === undefined || isBetterSource(candidate, best)) titles.set(BigInt(work_id), candidate);
    }
  }
  return titles;
}
