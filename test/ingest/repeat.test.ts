import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { isLong } from "../long.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "./ingest-documents.ts";
import { randomFrom } from "./random.ts";
import { clearTables, readTables, readVersions, tableNames } from "./tables.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** @threat T15 */
test("ingesting the sample again writes no row, in any order and any batches", async () => {
  const documents = sampleDocuments(isLong ? Number.POSITIVE_INFINITY : 300);
  const options = { keyring: sampleKeyring };
  const first = await ingestDocuments(database, documents, options);
  expect(first).toMatchObject({ documents: documents.length, merged: documents.length, unchanged: 0 });
  const versions = await readVersions(database);

  const again = await ingestDocuments(database, documents, options);
  expect(again).toMatchObject({ documents: documents.length, merged: 0, unchanged: documents.length });
  expect(await readVersions(database)).toEqual(versions);

  const shuffled = randomFrom(1).shuffle([...documents, ...documents.slice(0, 100)]);
  await ingestDocuments(database, shuffled, { ...options, batchDocuments: 77 });
  expect(await readVersions(database)).toEqual(versions);
});

test("the sample in other orders, batches and with repeats results in the same tables", async () => {
  const documents = sampleDocuments(150);
  const options = { keyring: sampleKeyring };
  await clearTables(database);
  await ingestDocuments(database, documents, options);
  const wanted = await readTables(database);
  expect(wanted["papers"]?.length).toBeGreaterThan(150);

  const orders: [string[], number][] = [
    [documents.toReversed(), 13],
    [randomFrom(2).shuffle([...documents, ...documents]), 50],
  ];
  for (const [order, batchDocuments] of orders) {
    await clearTables(database);
    await ingestDocuments(database, order, { ...options, batchDocuments });
    const tables = await readTables(database);
    for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  }
});
