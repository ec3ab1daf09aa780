import { afterAll, beforeAll, expect, it } from "vitest";
import { copyCitations } from "../../src/store/distribute.ts";
import { inLayout, openDatabase } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { createClient } from "./client.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(), { keyring: sampleKeyring });
});
afterAll(() => database.drop());

const queries = [
  "work { title }",
  "work { workIds }",
  "work { citedBy(first: 2) { nodes { title } } }",
  "work { key: id paper { title authors } }",
  "citedPaper { pithNumber title }",
  "citedPaper { title claims(first: 2) { totalCount } abstractExcerpt }",
  "work { title citedByCount } citedPaper { headline work { year } } citingPaper { title }",
].map(
  (fields) =>
    `{ papers(first: 30) { nodes { references(first: 3) { nodes { refIndex ${fields} } pageInfo { endCursor } } } } }`,
);

it("references with what they cite are the same by a join and by one statement for each table", async () => {
  const together = createClient(database);
  const answers = await Promise.all(queries.map((query) => together.ask(query)));
  const joined = await together.statements(queries[0] as string);
  expect(joined.some((text) => text.includes('left join "works"'))).toBe(true);

  await copyCitations(database);
  // What a pool has read of the layout stays, so the tables are opened again.
  const reopened = openDatabase({ connection: database.connection });
  try {
    const apart = createClient(reopened);
    expect(await Promise.all(queries.map((query) => apart.ask(query)))).toEqual(answers);
    for (const query of queries) expect((await apart.statements(query)).join()).not.toContain("left join");
  } finally {
    await reopened.close();
  }
});

it("a join that the server rejects is replaced by the other form", async () => {
  const other = await createTestDatabase();
  const { pool } = other;
  const form = (name: string) => async () =>
    (await pool.query<{ name: string }>(`SELECT '${name}' AS name`)).rows[0]?.name;
  const reject = async () => {
    await pool.query("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'feature_not_supported'; END $$");
    return "single";
  };
  expect(await inLayout(pool, { single: form("single"), citus: form("citus") })).toBe("single");
  expect(await inLayout(pool, { single: reject, citus: form("citus") })).toBe("citus");
  await pool.query("INSERT INTO settings (name, value) VALUES ('distributed', 'now')");
  // The layout was forgotten with the rejection, and is read again.
  expect(await inLayout(pool, { single: form("single"), citus: form("citus") })).toBe("citus");
  await expect(
    inLayout(pool, { single: form("single"), citus: () => pool.query("SELECT 1 / 0") as Promise<never> }),
  ).rejects.toThrow("division by zero");
  await other.drop();
});
