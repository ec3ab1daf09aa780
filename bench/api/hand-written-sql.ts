import { neighbourhoodSql } from "./plain-schema.ts";

/** The jobs of every server, Q1 to Q6. */
export const jobNames = ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6"] as const;
export type JobName = (typeof jobNames)[number];

/** One statement for each job, in which PostgreSQL writes the answer's JSON: about the minimum of work. */
export const statements: Readonly<Record<JobName, string>> = {
  Q1: `
    SELECT json_build_object('pithNumber', pith_number, 'title', title, 'claims', (
      SELECT coalesce(json_agg(json_build_object('claimId', claim_id, 'kind', kind, 'text', text) ORDER BY ordinal), '[]')
      FROM (SELECT * FROM plain.claims WHERE paper_id = papers.id ORDER BY ordinal LIMIT 4) AS claims
    ))::text AS answer
    FROM plain.papers WHERE arxiv_id = $1`,
  Q2: `
    SELECT json_build_object('references', (
      SELECT coalesce(json_agg(json_build_object('refIndex', ref_index, 'citedPaper',
        CASE WHEN cited.id IS NOT NULL THEN json_build_object('pithNumber', cited.pith_number, 'title', cited.title) END
      ) ORDER BY ordinal), '[]')
      FROM (SELECT * FROM plain.paper_references WHERE paper_id = papers.id ORDER BY ordinal LIMIT 20) AS refs
      LEFT JOIN plain.papers AS cited ON cited.id = refs.cited_paper_id
    ))::text AS answer
    FROM plain.papers WHERE arxiv_id = $1`,
  Q3: `
    SELECT json_build_object('title', papers.title, 'citedBy', (
      SELECT coalesce(json_agg(json_build_object('title', citing.title, 'references', (
        SELECT coalesce(json_agg(works.title ORDER BY ordinal), '[]')
        FROM (SELECT * FROM plain.paper_references WHERE paper_id = citing.id ORDER BY ordinal LIMIT 10) AS refs
        JOIN plain.works ON works.id = refs.cited_work_id
      )) ORDER BY page.submitted_at DESC, page.paper_id DESC), '[]')
      FROM (
        SELECT * FROM plain.citing_papers WHERE cited_work_id = papers.work_id
        ORDER BY submitted_at DESC, paper_id DESC LIMIT 20
      ) AS page
      JOIN plain.papers AS citing ON citing.id = page.paper_id
    ))::text AS answer
    FROM plain.papers WHERE arxiv_id = $1`,
  Q4: `${neighbourhoodSql}
    SELECT json_build_object(
      'nodes', (SELECT coalesce(json_agg(json_build_object('depth', depth, 'arxivId', arxiv_id, 'title', title)
        ORDER BY place), '[]') FROM nodes),
      'edges', (SELECT coalesce(json_agg(json_build_array(citing_index, cited_index)), '[]') FROM edges)
    )::text AS answer`,
  Q5: `
    SELECT coalesce(json_agg(json_build_object('kind', kind, 'text', text, 'title', papers.title)
      ORDER BY paper_id, ordinal), '[]')::text AS answer
    FROM (SELECT * FROM plain.claims
      WHERE to_tsvector('simple', text) @@ websearch_to_tsquery('simple', $1) ORDER BY paper_id, ordinal LIMIT 20
    ) AS claims
    JOIN plain.papers ON papers.id = claims.paper_id`,
  Q6: `
    SELECT coalesce(json_agg(json_build_object('pithNumber', pith_number, 'title', title)), '[]')::text AS answer
    FROM (
      SELECT pith_number, title FROM plain.papers WHERE primary_category = $1 AND year = $2
      ORDER BY submitted_at DESC, id DESC LIMIT 100
    ) AS page`,
};

/** Q4 for a program without a graph in memory: a statement for each level, one for the titles and one for the edges. */
export const levelStatements = {
  root: "SELECT id FROM plain.works WHERE arxiv_id = $1",
  level: "SELECT DISTINCT cited_work_id AS id FROM plain.citations WHERE citing_work_id = ANY($1::bigint[])",
  works: "SELECT id, arxiv_id, title, cited_by_count FROM plain.works WHERE id = ANY($1::bigint[])",
  edges: `SELECT * FROM (
      SELECT citing_work_id AS citing, cited_work_id AS cited FROM plain.citations
      WHERE citing_work_id = ANY($1::bigint[]) OFFSET 0
    ) AS listed WHERE cited = ANY($1::bigint[])`,
} as const;
