import { afterAll, beforeAll, expect, test } from "vitest";
import { lookupsIn } from "../../src/ingest/stored/postgres-lookups.ts";
import { identifierIdOf } from "../../src/row-rules/index.ts";
import { beginFirstLoad } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { recordStatements, type Statement } from "./recorded-statements.ts";

let database: TestDatabase;
let statements: Statement[];

/** Cited by many more papers than any other work, yet by a small share of all papers. */
const hub = "10.1000/hub";
const hubCiters = 200;
const papers = 10_000;
const referencesPerPaper = 5;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill();
  // A first load leaves out indexes that no look-up of these uses.
  expect(await beginFirstLoad(database)).toBe(true);
  statements = recordStatements(database.pool);
});

afterAll(() => database.drop());

/** Fills the tables to a size at which PostgreSQL prefers an index if there is one. */
async function fill(): Promise<void> {
  const hubId = identifierIdOf("doi", hub).toString();
  const made = `generate_series(1, ${papers}) AS n`;
  const cited = `generate_series(0, ${referencesPerPaper - 1}) AS o`;
  // Like the real ids, spread over the complete range.
  const id = (text: string) => `(hashtextextended(${text}, 0) & 9223372036854775807)`;
  const work = `CASE WHEN o = 0 AND n <= ${hubCiters} THEN ${hubId}::bigint ELSE ${id("'doi' || (n * 7 + o)")} END`;
  const at = "'2023-01-01T00:00:00Z'::timestamptz + n * interval '1 minute'";
  const columns = "'\\x00'::bytea, 1, 1, 0, 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED', 'PASSED'";
  const fills = [
    `INSERT INTO records SELECT ${id("'paper' || n")}, 'pith:' || n, NULL, '', '' FROM ${made}`,
    // At positions beyond those of the tests' batches.
    `INSERT INTO changes (position, paper_id, pith_number, state_sha256, checksum, changed_at)
     SELECT 1000000 + n, 0, '', '', '', now() FROM ${made}`,
    `INSERT INTO events (paper_id, event_id, position, body, proof, received_at, type, created_at, fingerprint, standing, status, depth)
     SELECT ${id("'paper' || n")}, sha256(o::text::bytea), n, '', 'hash', now(), '', now(), '', 'hash', 'current', o
     FROM ${made}, generate_series(1, 2) AS o`,
    `INSERT INTO papers (paper_id, pith_number, canonical_sha256, work_id, source_kind, source_id, submitted_at,
       cross_categories, authors, abstract_excerpt, record_standing, proof, claim_count, references_known, internal_anchors_known,
       state_sha256, event_count, valid_event_count, equivocation_count, record_hash, receipt, title_binding,
       claims_hash, references_hash, published_state_hash)
     SELECT ${id("'paper' || n")}, 'pith:' || n, '', ${id("'work' || n")}, '', '', ${at}, '{}', '{}', repeat('x', 1500), 'signed', 'hash',
       0, 0, 0, ${columns} FROM ${made}`,
    `INSERT INTO published_states SELECT ${id("'paper' || n")}, '', 'PASSED' FROM ${made}`,
    `INSERT INTO paper_keys SELECT 'arxiv:' || n, ${id("'paper' || n")} FROM ${made}`,
    `INSERT INTO claims SELECT ${id("'paper' || n")}, 0, '', '', '', '', '' FROM ${made}`,
    `INSERT INTO "references" (paper_id, submitted_at, ordinal, ref_index, title, is_internal_anchor, has_arxiv_id, doi_id, work_uuid_id, cited_work_id)
     SELECT ${id("'paper' || n")}, ${at}, o, o, 'title', false, false, ${work}, ${id("'uuid' || (n * 7 + o)")}, ${work} FROM ${made}, ${cited}`,
    `INSERT INTO works (work_id, key, cited_by_count, citing_paper_count, reference_count)
     SELECT DISTINCT ON (1) ${work}, CASE WHEN o = 0 AND n <= ${hubCiters} THEN 'doi:${hub}' ELSE 'doi:' || (n * 7 + o) END,
       ${hubCiters}, ${hubCiters}, 0
     FROM ${made}, ${cited}`,
    `INSERT INTO work_identifiers (identifier_id, kind, value, work_id)
     SELECT DISTINCT ON (1) ${work}, 'doi'::identifier_kind, CASE WHEN o = 0 AND n <= ${hubCiters} THEN '${hub}' ELSE (n * 7 + o)::text END, ${work}
     FROM ${made}, ${cited}`,
    `INSERT INTO work_identifiers (identifier_id, kind, value, target_id, target_kind, target_standing, work_id)
     SELECT ${id("'uuid' || (n * 7 + o)")}, 'work_id', '', ${work}, 'doi', 'signed', ${work} FROM ${made}, ${cited}`,
    "ANALYZE",
  ];
  for (const statement of fills) await database.pool.query(statement);
}

const hubReference = { doi: hub, title: "The hub", work_id: "", is_internal_anchor: true };

/** Forty papers with the given references. */
function citing(version: number, references: (nth: number) => object[]): string[] {
  return Array.from({ length: 40 }, (_, nth) =>
    bundleOfPaper({ arxivId: `2301.${String(20_000 + nth)}` }, (paper) => [
      snapshotEvent(paper, {
        created_at: `2026-06-1${version}T00:00:00Z`,
        references: references(nth) as never[],
      }),
    ]),
  );
}

const own = (nth: number) => ({ doi: `10.1000/own-${nth}`, work_id: `own-${nth}`, title: "t" });

type Plan = { readonly "Node Type": string; readonly "Relation Name"?: string; readonly Plans?: Plan[] };

function tablesScanned(plan: Plan): string[] {
  const own = plan["Node Type"] === "Seq Scan" ? [plan["Relation Name"] ?? ""] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(tablesScanned)];
}

/** Small by design: one row a key or a name; quarantine, which is bounded; the graph feed, which has few rows here. */
const small = new Set(["totals", "settings", "signers", "quarantine", "graph_changes"]);

async function expectIndexes(documents: string[]): Promise<void> {
  statements.length = 0;
  const { rejected } = await ingestDocuments(database, documents);
  expect(rejected).toEqual(new Map());
  const sent = statements.filter(({ text }) => /^\s*(?:SELECT|UPDATE|DELETE|INSERT|WITH)\b/i.test(text));
  expect(sent.length).toBeGreaterThan(10);
  for (const { text, values } of sent) {
    const { rows } = await database.pool.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      [...values],
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan;
    if (plan === undefined) throw new Error("EXPLAIN gave no plan.");
    expect(
      tablesScanned(plan).filter((table) => !small.has(table)),
      text,
    ).toEqual([]);
  }
}

test("no statement of a batch uses a sequential scan of a large table", async () => {
  // New papers; then snapshots that replace theirs, with some other references; then without the hub.
  await expectIndexes(citing(1, (nth) => [hubReference, own(nth)]));
  await expectIndexes(
    citing(2, (nth) => [
      hubReference,
      own(nth + 1),
      { doi: own(nth).doi, cited_arxiv_id: `2302.${10_000 + nth}` },
    ]),
  );
  await expectIndexes(citing(3, (nth) => [own(nth + 7)]));
});

test("moves a work with all its 240 citers to another work by index, once a reference shows that both are the same", async () => {
  await expectIndexes(citing(4, () => [{ ...hubReference, cited_arxiv_id: "2303.00001" }]));
  const { rows } = await database.pool.query(
    "SELECT cited_by_count, citing_paper_count FROM works WHERE key = 'arxiv:2303.00001'",
  );
  const count = hubCiters + 40;
  expect(rows).toEqual([{ cited_by_count: count, citing_paper_count: count }]);
});

test.each([
  ["a few papers", 30, 5],
  ["thousands of papers", 5_000, 400],
])("finds the other papers of works by index in a never analysed table of %s", async (_of, stored, batch) => {
  const client = await database.pool.connect();
  const { query } = client;
  try {
    await client.query(
      `CREATE SCHEMA fresh; SET search_path = fresh, public;
       CREATE TABLE fresh.papers (LIKE public.papers INCLUDING ALL) WITH (autovacuum_enabled = off);
       INSERT INTO fresh.papers SELECT * FROM public.papers ORDER BY pith_number LIMIT ${stored}`,
    );
    const { rows } = await client.query<{ work: string }>(
      `SELECT work_id AS work FROM papers LIMIT ${batch}`,
    );
    const works = rows.map(({ work }) => BigInt(work));
    let statement = "";
    client.query = ((config: { text: string }) => {
      statement = config.text;
      return Reflect.apply(query, client, [config]);
    }) as typeof client.query;
    const others = await lookupsIn(client).papersOfWorks(works, []);
    expect(others).toHaveLength(batch);
    client.query = query;
    const planOf = async (text: string) => {
      const answer: unknown = await client.query(text.replace("SELECT ", "EXPLAIN SELECT "));
      return JSON.stringify(answer);
    };
    const plan = await planOf(statement);
    expect(plan).toContain("papers_work_id_paper_id_idx");
    expect(plan).not.toContain("Seq Scan");
    // The setting causes this: without it PostgreSQL would scan a large table.
    const itself = await planOf(statement.split("; ")[1] ?? "");
    if (stored > 1_000) expect(itself).toContain("Seq Scan");
  } finally {
    client.query = query;
    await client.query("DROP SCHEMA fresh CASCADE; RESET search_path");
    client.release();
  }
});
