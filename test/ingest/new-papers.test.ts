import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { holdWriteLock, untilRows, waitingWriters } from "../faults/waiting.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "./ingest-documents.ts";
import { clearTables, readTables, tableNames } from "./tables.ts";

const options = { keyring: sampleKeyring };
/** Three papers: both writers import the one in the middle. */
const [one, both, other] = sampleDocuments(2).slice(-3) as [string, string, string];

/** Sessions that wait for the end of a transaction that has inserted the same key. */
const waitingForKey = "SELECT pid FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => clearTables(database));

afterAll(() => database.drop());

async function expectTablesOf(documents: readonly string[]): Promise<void> {
  const actual = await readTables(database);
  await clearTables(database);
  await ingestDocuments(database, documents, options);
  const wanted = await readTables(database);
  for (const name of tableNames) expect(actual[name], name).toEqual(wanted[name]);
}

/** Two writers: the second waits for the first, which waits for the write lock. */
async function twoWriters() {
  const lock = await holdWriteLock(database);
  const first = ingestDocuments(database, [one, both], options);
  await untilRows(lock.holder, waitingWriters);
  const second = ingestDocuments(database, [both, other], options);
  await untilRows(lock.holder, waitingForKey);
  return { lock, first, second };
}

test("a writer that imports a paper which another one is adding waits for it, and reports it as unchanged", async () => {
  const { lock, first, second } = await twoWriters();
  await lock.release();
  expect(await first).toMatchObject({ merged: 2, unchanged: 0 });
  expect(await second).toMatchObject({ merged: 1, unchanged: 1 });
  await expectTablesOf([one, both, other]);
});

test("a writer adds a paper itself if the other one that was adding it is terminated", async () => {
  const { lock, first, second } = await twoWriters();
  const failed = expect(first).rejects.toThrow(/terminat/i);
  await lock.holder.query(`SELECT pg_terminate_backend(pid) FROM (${waitingWriters}) AS waiting`);
  await failed;
  await untilRows(lock.holder, waitingWriters);
  await lock.release();
  expect(await second).toMatchObject({ merged: 2, unchanged: 0 });
  await expectTablesOf([both, other]);
});
