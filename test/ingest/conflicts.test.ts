import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { papers } from "../mirror/mirrors.ts";
import { keyring } from "../protocol/signed-events.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { clearTables } from "./tables.ts";

let database: TestDatabase;
const documents = papers(3).map(({ text }) => text);

beforeAll(async () => {
  database = await createTestDatabase();
  // Fails late in the transaction, after the log and the derived rows. A sequence is not reset by a rollback.
  await database.pool.query(`
    CREATE TABLE injected (code text, attempts int);
    CREATE SEQUENCE attempts;
    CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE given injected;
      BEGIN
        SELECT * INTO given FROM injected;
        IF nextval('attempts') <= given.attempts THEN RAISE EXCEPTION 'injected' USING ERRCODE = given.code; END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER give_up AFTER INSERT ON changes FOR EACH STATEMENT EXECUTE FUNCTION give_up()`);
});
beforeEach(() => clearTables(database));
afterAll(() => database.drop());

async function inject(code: string, attempts: number): Promise<void> {
  await database.pool.query("TRUNCATE injected");
  await database.pool.query("INSERT INTO injected VALUES ($1, $2)", [code, attempts]);
  await database.pool.query("ALTER SEQUENCE attempts RESTART");
}

async function attempts(): Promise<number> {
  const { rows } = await database.pool.query<{ next: number }>("SELECT nextval('attempts')::int AS next");
  return (rows[0]?.next ?? 0) - 1;
}

it.each(["40P01", "40001"])("retries a batch that fails with %s, and stores it", async (code) => {
  await inject(code, 2);
  const summary = await ingestDocuments(database, documents);
  expect(await attempts()).toBe(3);
  expect([summary.merged, summary.rejected.size]).toEqual([documents.length, 0]);
  const { differences } = await checkTables(database, { keyring });
  expect(differences).toEqual([]);
});

it.each([
  ["40P01", 5],
  ["57P01", 1],
])("throws %s after %i attempts that all failed with it, and stores nothing", async (code, most) => {
  await inject(code, 1_000);
  await expect(ingestDocuments(database, documents)).rejects.toMatchObject({ code });
  expect(await attempts()).toBe(most);
  expect((await database.pool.query("SELECT FROM records")).rows).toEqual([]);
  expect((await database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
});
