import { createHash } from "node:crypto";
import type pg from "pg";

/**
 * The neighbourhood of two hops in one statement, which PostGraphile and the hand-written server run: CTEs `nodes`, with
 * their places, and `edges`, between places. LATERAL, because PostgreSQL would otherwise scan `works` for the titles, and
 * read all citations of the most cited works for the edges.
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
  ),
  nodes AS MATERIALIZED (
    SELECT (row_number() OVER () - 1)::int AS place, sorted.*
    FROM (
      SELECT reached.depth, works.id, works.arxiv_id, works.title
      FROM reached
      CROSS JOIN LATERAL (SELECT * FROM plain.works WHERE works.id = reached.id OFFSET 0) AS works
      ORDER BY reached.depth, works.cited_by_count DESC, works.id
      LIMIT $2
    ) AS sorted
  ),
  edges AS (
    SELECT citing.place AS citing_index, cited.place AS cited_index
    FROM nodes AS citing
    CROSS JOIN LATERAL (
      SELECT cited_work_id FROM plain.citations WHERE citing_work_id = citing.id OFFSET 0
    ) AS listed
    JOIN nodes AS cited ON cited.id = listed.cited_work_id
  )`;

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
    SELECT work_id AS id, CASE WHEN key LIKE 'arxiv:%' THEN substr(key, 7) END AS arxiv_id, title, year,
      cited_by_count, reference_count
    FROM public.works`,
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
  // The cited paper in the reference itself, null if it is not stored: one join less for Q2.
  `CREATE TABLE plain.paper_references AS
    SELECT refs.paper_id, refs.ordinal, refs.ref_index, refs.cited_work_id, cited.paper_id AS cited_paper_id
    FROM public.references AS refs LEFT JOIN public.papers AS cited ON cited.work_id = refs.cited_work_id`,
  `ALTER TABLE plain.paper_references ADD PRIMARY KEY (paper_id, ordinal),
    ADD FOREIGN KEY (paper_id) REFERENCES plain.papers, ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works,
    ADD FOREIGN KEY (cited_paper_id) REFERENCES plain.papers`,
  "CREATE INDEX ON plain.paper_references (cited_work_id)",
  `CREATE TABLE plain.citing_papers AS
    SELECT DISTINCT cited_work_id, papers.submitted_at, paper_id
    FROM public.references JOIN public.papers USING (paper_id)`,
  `ALTER TABLE plain.citing_papers ADD PRIMARY KEY (cited_work_id, submitted_at, paper_id),
    ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works, ADD FOREIGN KEY (paper_id) REFERENCES plain.papers`,
  `CREATE TABLE plain.citations AS
    SELECT DISTINCT work_id AS citing_work_id, cited_work_id
    FROM public.references JOIN public.papers USING (paper_id)`,
  `ALTER TABLE plain.citations ADD PRIMARY KEY (citing_work_id, cited_work_id),
    ADD FOREIGN KEY (citing_work_id) REFERENCES plain.works, ADD FOREIGN KEY (cited_work_id) REFERENCES plain.works`,
  "CREATE INDEX ON plain.citations (cited_work_id, citing_work_id)",
  "CREATE TYPE plain.reached_work AS (depth int, arxiv_id text, title text)",
  "CREATE TYPE plain.reached_citation AS (citing_index int, cited_index int)",
  "CREATE TYPE plain.graph AS (nodes plain.reached_work[], edges plain.reached_citation[])",
  `CREATE FUNCTION plain.neighbourhood(root text, max_nodes int) RETURNS plain.graph LANGUAGE sql STABLE
    AS $$${neighbourhoodSql}
      SELECT ARRAY(SELECT (depth, arxiv_id, title)::plain.reached_work FROM nodes ORDER BY place),
        ARRAY(SELECT (citing_index, cited_index)::plain.reached_citation FROM edges)$$`,
  `CREATE FUNCTION plain.claims_with(query text) RETURNS SETOF plain.claims LANGUAGE sql STABLE
    AS $$SELECT * FROM plain.claims WHERE to_tsvector('simple', text) @@ websearch_to_tsquery('simple', query)
      ORDER BY paper_id, ordinal$$`,
];

/** Creates the schema beside our tables, in the same database, and analyses both, unless an earlier run has. */
export async function createPlainSchema(pool: pg.Pool, report: (step: string) => void): Promise<void> {
  const mark = createHash("sha256").update(statements.join("\n")).digest("hex");
  const { rows } = await pool.query<{ mark: string | null }>(
    "SELECT obj_description(to_regnamespace('plain')::oid, 'pg_namespace') AS mark",
  );
  if (rows[0]?.mark === mark) return;
  report("Copying the rows into the schema for PostGraphile and hand-written SQL");
  const client = await pool.connect();
  try {
    await client.query("SET maintenance_work_mem = '512MB'");
    await client.query("SET work_mem = '256MB'");
    for (const statement of statements) await client.query(statement);
    await client.query("VACUUM (ANALYZE)");
    await client.query(`COMMENT ON SCHEMA plain IS '${mark}'`);
  } finally {
    client.release(true);
  }
}
