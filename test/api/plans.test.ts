import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { copiesOfSeed } from "./fixtures/copies-of-seed.ts";

/** Enough rows that a plan that reads all of them for one page stands out. */
const manyPapers = 10_000;
const hubCiters = 100_000;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = database;
  const { copy, workId } = await copiesOfSeed(database);
  const numbers = `generate_series(1, ${manyPapers}) n`;
  await copy(
    "papers",
    numbers,
    `'paper_id', n, 'work_id', n, 'pith_number', 'pith:2023:' || n,
     'submitted_at', '2020-01-01T00:00:00Z'::timestamptz + n * interval '1 minute'`,
  );
  await copy("works", numbers, "'work_id', n, 'key', 'x:' || n, 'cited_by_count', n % 3");
  await copy("claims", numbers, "'paper_id', n");
  await pool.query(
    `INSERT INTO "references" (paper_id, cited_work_id, submitted_at, ordinal, ref_index, is_internal_anchor, has_arxiv_id)
     SELECT 1 + n % ${manyPapers}, $1, '2000-01-01T00:00:00Z'::timestamptz + n * interval '1 minute', n, n, false, true
     FROM generate_series(1, ${hubCiters}) n`,
    [workId],
  );
  await pool.query("UPDATE works SET citing_paper_count = $2 WHERE work_id = $1", [workId, hubCiters]);
  await pool.query("ANALYZE");
  client = createClient(database);
}, 300_000);
afterAll(() => database.drop());

type Page = { pageInfo: { endCursor: string }; totalCount: number };

/** The largest number of rows that a step of the plan touched. */
function rowsRead(plan: string): number {
  const counts = [...plan.matchAll(/rows=(\d+)(?:\.\d+)? loops=(\d+)/g)].map(
    ([, rows, loops]) => Number(rows) * Number(loops),
  );
  const removed = [...plan.matchAll(/Rows Removed by [^:]*: (\d+)/g)].map(([, rows]) => Number(rows));
  return Math.max(0, ...counts, ...removed);
}

async function pagesPlans(source: string): Promise<string[]> {
  return client.plans(source);
}

const orders = ["SUBMITTED_DESC", "SUBMITTED_ASC", "CITED_BY_DESC"];

describe("the plans of a page", () => {
  it.each(orders)("read fewer than 300 rows for 50 papers in the order %s", async (order) => {
    const page = (after: string) =>
      `{ papers(first: 50, orderBy: ${order}${after}) { pageInfo { endCursor hasPreviousPage } nodes { title } } }`;
    let after = "";
    for (let number = 0; number < 3; number++) {
      for (const plan of await pagesPlans(page(after))) {
        expect(plan).not.toContain("Seq Scan");
        expect(rowsRead(plan), plan).toBeLessThan(300);
      }
      const { papers } = await client.ask<{ papers: Page }>(page(after));
      after = `, after: "${papers.pageInfo.endCursor}"`;
    }
  });

  it("use the index works_cited_by_count for the most cited works", async () => {
    // Works with equal counts are sorted: here a third of all works, in real data a handful.
    for (const plan of await pagesPlans(
      "{ topWorks(by: CITED_BY_COUNT, first: 50) { nodes { work { title } } } }",
    )) {
      expect(plan).toContain("works_cited_by_count");
      expect(plan).not.toContain("Seq Scan on works");
      expect(rowsRead(plan), plan).toBeLessThan(manyPapers / 2);
    }
  });

  it("read fewer than 300 rows for 50 claims", async () => {
    const source = "{ claims(first: 50) { nodes { text } pageInfo { endCursor } } }";
    const { claims } = await client.ask<{ claims: Page }>(source);
    const next = source.replace("first: 50", `first: 50, after: "${claims.pageInfo.endCursor}"`);
    for (const plan of [...(await pagesPlans(source)), ...(await pagesPlans(next))]) {
      expect(rowsRead(plan), plan).toBeLessThan(300);
    }
  });

  it("read fewer than 300 rows for 50 of the 100,000 papers that cite a hub, on the first page and the last", async () => {
    const page = (after: string) =>
      `{ paper(ref: "2302.12192") { citedBy(first: 50${after}) { totalCount pageInfo { endCursor hasNextPage } nodes { pithNumber } } } }`;
    const cursor = Buffer.from(
      JSON.stringify(["citing_papers", "2000-01-01T02:00:00.000000Z", "0"]),
    ).toString("base64url");
    for (const after of ["", `, after: "${cursor}"`]) {
      for (const plan of await pagesPlans(page(after))) {
        expect(plan).not.toContain('Seq Scan on "references"');
        expect(rowsRead(plan), plan).toBeLessThan(300);
      }
    }
    const { paper } = await client.ask<{ paper: { citedBy: Page } }>(page(""));
    expect(paper.citedBy.totalCount).toBe(hubCiters);
  });

  it("read fewer than 300 rows for the nested lists of 20 papers", async () => {
    const source = `{ papers(first: 20) { nodes { claims(first: 2) { nodes { text } } references(first: 2) { nodes { title } }
      aliases { value } work { title } } } }`;
    for (const plan of await pagesPlans(source)) {
      expect(rowsRead(plan), plan).toBeLessThan(300);
    }
  });
});
