import type { Proof } from "../../protocol/index.ts";
import { type IdentifierKind, readVotes, type Target } from "../../row-rules/index.ts";
import { bigintArray, type QueryClient } from "../../store/index.ts";
import type { Evidence, Identifier, StoredWork, Title, VoteCount } from "../plan/index.ts";
import { optionalId, queryLists, queryListsByIndex } from "./read-rows.ts";

export async function readIdentifiers(
  client: QueryClient,
  column: "identifier_id" | "target_id",
  ids: readonly bigint[],
): Promise<Map<bigint, Identifier>> {
  const rows = await queryLists<
    [
      id: string,
      kind: IdentifierKind,
      value: string,
      targetId: string | null,
      targetKind: Evidence["targetKind"] | null,
      proof: Proof | null,
      workId: string,
      votes: string | null,
    ]
  >(
    client,
    `SELECT identifier_id, kind, value, target_id, target_kind, target_standing, work_id, voices
     FROM work_identifiers WHERE ${column} = ANY($1::bigint[])`,
    [bigintArray(ids)],
  );
  const identifiers = new Map<bigint, Identifier>();
  for (const [idText, kind, value, targetId, targetKind, proof, workId, votes] of rows) {
    const id = BigInt(idText);
    const target =
      targetId === null || targetKind === null || proof === null
        ? null
        : { targetId: BigInt(targetId), targetKind, proof };
    // Most identifiers resolve to themselves.
    identifiers.set(id, {
      id,
      kind,
      value,
      target,
      votes: votes === null || proof === null ? null : { proof, list: readVotes(votes) },
      workId: workId === idText ? id : BigInt(workId),
    });
  }
  return identifiers;
}

/** References to works with more citing papers than this are queried one by one. */
const maxCitingPapersTogether = 1_000;

/**
 * One reference is enough: identifiers of a frequently cited work are queried separately, with LIMIT, so that not all
 * of its references are scanned.
 */
export async function findNamed(
  client: QueryClient,
  identifiers: readonly Identifier[],
  except: readonly bigint[],
): Promise<Set<bigint>> {
  const named = new Set<bigint>();
  const works = bigintArray(new Set(identifiers.map(({ workId }) => workId)));
  const frequent = await queryListsByIndex<[workId: string]>(
    client,
    `SELECT work_id FROM works
     WHERE work_id = ANY('${works}'::bigint[]) AND citing_paper_count > ${maxCitingPapersTogether}`,
  );
  const frequentWorks = new Set(frequent.map(([workId]) => BigInt(workId)));
  const alone = identifiers.filter(({ workId }) => frequentWorks.has(workId));
  const together = identifiers.filter(({ workId }) => !frequentWorks.has(workId));
  const others = `paper_id <> ALL('${bigintArray(except)}'::bigint[])`;
  for (const column of ["doi_id", "work_uuid_id"]) {
    const addNamed = async (condition: string, limit: string) => {
      const rows = await queryListsByIndex<[id: string]>(
        client,
        `SELECT DISTINCT ${column} FROM "references" WHERE ${condition} AND ${others} ${limit}`,
      );
      for (const [id] of rows) named.add(BigInt(id));
    };
    const ids = bigintArray(together.map(({ id }) => id));
    if (together.length > 0) await addNamed(`${column} = ANY('${ids}'::bigint[])`, "");
    for (const { id } of alone) await addNamed(`${column} = ${id}`, "LIMIT 1");
  }
  return named;
}

export async function countVotes(
  client: QueryClient,
  ids: readonly bigint[],
  except: readonly bigint[],
): Promise<VoteCount[]> {
  // A paper names an identifier alone if none of its references names another beside it.
  const countOf = (identifier: string, target: string, kind: string) =>
    `SELECT id, target_id, target_kind, proof, count(*)::int AS papers
     FROM (
       SELECT DISTINCT r.${identifier} AS id, r.paper_id, p.proof, ${target} AS target_id,
         ${kind} AS target_kind, count(${target}) OVER (PARTITION BY r.${identifier}, r.paper_id) AS targets
       FROM "references" r JOIN papers p USING (paper_id)
       WHERE r.${identifier} = ANY($1::bigint[]) AND r.paper_id <> ALL($2::bigint[])
     ) AS named
     WHERE target_id IS NOT NULL OR targets = 0
     GROUP BY id, target_id, target_kind, proof`;
  const { rows } = await client.query<{
    id: string;
    target_id: string | null;
    target_kind: Target["targetKind"];
    proof: Proof;
    papers: number;
  }>(
    `${countOf("doi_id", "CASE WHEN r.has_arxiv_id THEN r.cited_work_id END", "'arxiv'")} UNION ALL
     ${countOf("work_uuid_id", "CASE WHEN r.has_arxiv_id THEN r.cited_work_id ELSE r.doi_id END", "CASE WHEN r.has_arxiv_id THEN 'arxiv' ELSE 'doi' END")}`,
    [bigintArray(ids), bigintArray(except)],
  );
  return rows.map(({ id, target_id: target, target_kind: targetKind, proof, papers }) => ({
    identifierId: BigInt(id),
    proof,
    target: target === null ? null : { targetId: BigInt(target), targetKind },
    papers,
  }));
}

// ---- Works

export async function readStoredWorks(
  client: QueryClient,
  ids: readonly bigint[],
): Promise<Map<bigint, StoredWork>> {
  const rows = await queryLists<
    [
      id: string,
      key: string,
      paperId: string | null,
      title: string | null,
      year: number | null,
      statedYear: number | null,
      proof: Proof | null,
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
  const works = new Map<bigint, StoredWork>();
  for (const row of rows) {
    const [id, key, paperId, title, year, statedYear, proof, titlePaperId, ordinal] = row;
    works.set(BigInt(id), {
      key,
      paperId: optionalId(paperId),
      title,
      year,
      statedYear,
      titledBy:
        proof === null || titlePaperId === null || ordinal === null
          ? null
          : { proof, paperId: BigInt(titlePaperId), ordinal },
      citedByCount: row[9],
      citingPaperCount: row[10],
      referenceCount: row[11],
      anchoredWorkCount: row[12],
    });
  }
  return works;
}

export async function readTitles(
  client: QueryClient,
  ids: readonly bigint[],
  except: readonly bigint[],
  identifiers: readonly bigint[],
): Promise<Map<bigint, Title>> {
  const rows = await queryLists<
    [workId: string, proof: Proof, paperId: string, ordinal: number, title: string, year: number | null]
  >(
    client,
    `SELECT DISTINCT ON (r.cited_work_id) r.cited_work_id, p.proof, r.paper_id, r.ordinal, r.title, r.year
     FROM "references" r JOIN papers p USING (paper_id)
     WHERE r.cited_work_id = ANY($1::bigint[]) AND r.paper_id <> ALL($2::bigint[]) AND r.title IS NOT NULL
       AND (r.has_arxiv_id OR coalesce(r.doi_id, r.work_uuid_id) IS NULL
            OR coalesce(r.doi_id, r.work_uuid_id) <> ALL($3::bigint[]))
     ORDER BY r.cited_work_id, p.proof DESC, r.paper_id, r.ordinal`,
    [bigintArray(ids), bigintArray(except), bigintArray(identifiers)],
  );
  return new Map(
    rows.map(([workId, proof, paperId, ordinal, title, year]) => [
      BigInt(workId),
      { proof, paperId: BigInt(paperId), ordinal, title, year },
    ]),
  );
}
