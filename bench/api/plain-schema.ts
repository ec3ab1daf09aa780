import type pg from "pg";

/**
 * The neighbourhood of two hops in one statement, which PostGraphile and the hand-written server run. LATERAL, because
 * PostgreSQL would otherwise scan `works` for the titles.
 */
export const neighbourhoodSql = `
  WITH root AS (SELECT id FROM plain.works WHERE arxiv_id = $1),
  one AS (
    SELECT DISTINCT cited_work_id AS id FROM plain.citations
    WHERE citing_work_id = (SELECT id FROM root) AND cited_work_id <> (SELECT id FROM root)
  ),
  two AS (
    SELECT DISTINCT cited_work_id AS id FROM plain.citations WHERE citing_work_id IN (SELECT id FROM one)
  ),
  reached AS (
    SELECT 0 AS depth, id FROM root
    UNION ALL SELECT 1, id FROM one
    UNION ALL SELECT 2, id FROM (SELECT id FROM two EXCEPT SELECT id FROM one EXCEPT SELECT id FROM root) AS new
  )
  SELECT reached.depth, works.arxiv_id, works.title
  FROM reached
  CROSS JOIN LATERAL (SELECT * FROM plain.works WHERE works.id = reached.id OFFSET 0) AS works
  ORDER BY reached.depth, works.cited_by_count DESC, works.id
  LIMIT $2`;

/**
 * The same rows in a schema without proofs, for PostGraphile and the hand-written SQL. Keys are integers, every query
 * has its index, and the columns that a page is sorted by are in the paged table.
 */
const statements = [
  "DROP SCHEMA IF EXISTS plain CASCADE",
  "CREATE SCHEMA plain",
  `CREATE TYPE plain.claim_kind AS ENUM
    ('STRONGEST_CLAIM', 'WEAKEST_ASSUMPTION', 'ONE_LINE_SUMMARY', 'HEADLINE', 'OTHER')`,
  `CREATE TABLE plain.works AS
    SELECT work_id AS id, substr(key, 7) AS arxiv_id, title, year, cited_by_count FROM public.works`,
  "ALTER TABLE plain.works ADD PRIMARY KEY (id), ADD UNIQUE (arxiv_id)",
  `CREATE TABLE plain.papers AS
    SELECT paper_id AS id, pith_number, source_id AS arxiv_id, work_id, title, authors, primary_category,
      extract(year FROM submitted_at AT TIME ZONE 'UTC')::int AS year, submitted_at
    FROM public.papers`,
  `ALTER TABLE plain.papers ADD PRIMARY KEY (id), ADD UNIQUE (arxiv_id), ADD UNIQUE (work_id),
    ADD FOREIGN KEY (work_id) REFERENCES plain.works`,
  "CREATE INDEX ON plain.papers (primary_category, year, submitted_at, id)",
  `CREATE TABLE plain.claims AS
    SELECT paper_id, ordinal, claim_id, upper(kind)::plain.claim_kind AS kind, text FROM public.claims`,
  `ALTER TABLE plain.claims ADD PRIMARY KEY (paper_id, ordinal),
    ADD FOREIGN KEY (paper_id) REFERENCES plain.papers`,
  "CREATE INDEX ON plain.claims USING gin (to_tsvector('simple', text))",
  `CREATE TABLE plain.paper_references AS
    SELECT paper_id, ordinal, ref_index, cited_work_id FROM public.references`,
  `ALTER TABLE plain.paper_references ADD PRIMARY KEY (paper_id, ordinal),
    ADD FOREIGN KEY (paper_id) REFERENCES plain.papers, ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works`,
  "CREATE INDEX ON plain.paper_references (cited_work_id)",
  `CREATE TABLE plain.citing_papers AS
    SELECT cited_work_id, submitted_at, paper_id FROM public.citing_papers`,
  `ALTER TABLE plain.citing_papers ADD PRIMARY KEY (cited_work_id, submitted_at, paper_id),
    ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works, ADD FOREIGN KEY (paper_id) REFERENCES plain.papers`,
  "CREATE TABLE plain.citations AS SELECT citing_work_id, cited_work_id FROM public.citations",
  `ALTER TABLE plain.citations ADD PRIMARY KEY (citing_work_id, cited_work_id),
    ADD FOREIGN KEY (citing_work_id) REFERENCES plain.works, ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works`,
  "CREATE INDEX ON plain.citations (cited_work_id, citing_work_id)",
  `CREATE FUNCTION plain.neighbourhood(root text, max_nodes int)
    RETURNS TABLE (depth int, arxiv_id text, title text) LANGUAGE sql STABLE AS $$${neighbourhoodSql}$$`,
  `CREATE FUNCTION plain.claims_with(query text) RETURNS SETOF plain.claims LANGUAGE sql STABLE
    AS $$SELECT * FROM plain.claims WHERE to_tsvector('simple', text) @@ websearch_to_tsquery('simple', query)
      ORDER BY paper_id, ordinal$$`,
];

/** Creates the schema beside our tables, in the same database, and analyses both. */
export async function createPlainSchema(pool: pg.Pool): Promise<void> {
  for (const statement of statements) await pool.query(statement);
  await pool.query("VACUUM (ANALYZE)");
}
