import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { copiesOfSeed } from "./fixtures/copies-of-seed.ts";

/** Enough rows that the planner avoids reading all. Filters match one row in a hundred. */
const many = 6_000;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const { copy } = await copiesOfSeed(database);
  const numbers = `generate_series(1, ${many}) n`;
  await copy(
    "papers",
    numbers,
    `'paper_id', n, 'work_id', n, 'pith_number', 'pith:2023:' || n, 'title', 'Title ' || md5(n::text),
     'authors', jsonb_build_array('Author ' || md5((-n)::text)), 'abstract_excerpt', NULL,
     'submitted_at', '2020-01-01T00:00:00Z'::timestamptz + n * interval '1 minute',
     'primary_category', CASE WHEN n % 100 = 7 THEN 'rare.XX' ELSE 'cs.LG' END,
     'proof', CASE WHEN n % 100 = 7 THEN 'signed' ELSE 'hash' END, 'equivocation_count', (n % 100 = 7)::int`,
  );
  await copy(
    "works",
    numbers,
    "'work_id', n, 'key', 'x:' || n, 'paper_id', n, 'cited_by_count', n % 100, 'anchored_work_count', (n % 100 <> 7)::int",
  );
  await copy(
    "claims",
    numbers,
    `'paper_id', n, 'text', 'Claim ' || md5(n::text), 'kind', CASE WHEN n % 100 = 7 THEN 'odd' ELSE 'headline' END`,
  );
  await copy(
    "events",
    numbers,
    `'paper_id', n, 'position', 100 + n, 'type', CASE WHEN n % 100 = 7 THEN 'odd' ELSE 'record_created' END,
     'status', CASE WHEN n % 100 = 7 THEN 'invalid' ELSE 'current' END,
     'fingerprint', CASE WHEN n % 100 = 7 THEN repeat('a', 32) ELSE repeat('b', 32) END,
     'received_at', now() + n * interval '1 second'`,
  );
  await database.pool.query("VACUUM ANALYZE");
  client = createClient(database);
});
afterAll(() => database.drop());

const rare = "0d3f4bb3";

it.each([
  ["papers", '{ papers(filter: { categories: ["rare.XX"] }) { totalCount } }', "papers_categories"],
  ["papers", "{ papers(filter: { proof: SIGNED }) { totalCount } }", "papers_proof"],
  ["papers", "{ papers(filter: { proof: SIGNED }, first: 2) { nodes { title } } }", "papers_proof"],
  [
    "papers",
    "{ papers(filter: { hasEquivocations: true }, first: 2) { nodes { title } } }",
    "papers_equivocations",
  ],
  ["papers", "{ papers(filter: { yearFrom: 2021 }, first: 2) { totalCount } }", "papers_submitted_at"],
  [
    "papers",
    `{ papers(filter: { titleContains: "${rare}" }) { totalCount nodes { title } } }`,
    "papers_names",
  ],
  [
    "works",
    "{ papers(filter: { minCitedBy: 98 }, orderBy: CITED_BY_DESC, first: 2) { nodes { title } } }",
    "works_cited_by_count",
  ],
  [
    "works",
    "{ papers(filter: { isAnchor: false }, orderBy: CITED_BY_DESC, first: 2) { nodes { title } } }",
    "works_never_anchors",
  ],
  ["papers", `{ search(query: "${rare}") { totalCount edges { score } } }`, "papers_words"],
  ["claims", `{ claims(filter: { text: "${rare}" }) { totalCount nodes { text } } }`, "claims_words"],
  ["claims", "{ claims(filter: { kinds: [OTHER] }) { totalCount nodes { text } } }", "claims_other_kind"],
  ["events", "{ events(filter: { types: [UNKNOWN] }) { totalCount nodes { type } } }", "events_rare_type"],
  [
    "events",
    "{ events(filter: { statuses: [INVALID] }) { totalCount nodes { type } } }",
    "events_not_current",
  ],
  [
    "events",
    `{ events(filter: { signers: ["${"a".repeat(32)}"] }) { totalCount nodes { type } } }`,
    "events_fingerprint",
  ],
  [
    "events",
    '{ events(filter: { since: "2999-01-01T00:00:00Z" }) { totalCount nodes { type } } }',
    "events_received_at",
  ],
  ["events", "{ events(first: 2) { nodes { type } } }", "events_position"],
])("a query finds rows of %s by an index: %s", async (table, source, index) => {
  const plans = await client.plans(source);
  const used = plans.filter((plan) => plan.includes(` ${table} `) || plan.includes(index));
  expect(
    used.some((plan) => plan.includes(index)),
    plans.join("\n\n"),
  ).toBe(true);
  for (const plan of plans) expect(plan).not.toContain(`Seq Scan on ${table}`);
});
