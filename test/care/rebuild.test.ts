import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import {
  canonicalJson,
  createKeyring,
  type JsonObject,
  parseJson,
  registryKey,
} from "../../src/protocol/index.ts";
import { readFeedHead } from "../../src/store/feed.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { readTables } from "../ingest/tables.ts";

let database: TestDatabase;
let other: TestDatabase;
/** Without the sample's key: only the registry's document is accepted. */
const registryOnly = createKeyring([registryKey]);

beforeAll(async () => {
  database = await createTestDatabase();
  other = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  await other.drop();
});

function withoutForeignEvents(text: string): string {
  const document = parseJson(text) as JsonObject;
  return document["bundle_type"] === undefined ? text : canonicalJson({ ...document, events: [] });
}

test("a rebuild with another keyring results in the tables of an ingest with that keyring", async () => {
  const documents = sampleDocuments(30);
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  // A rebuild keeps, of a paper without accepted events, the rest of its document.
  await ingestDocuments(other, documents.map(withoutForeignEvents), { keyring: registryOnly });
  const before = await readFeedHead(database.db);

  // A concurrent reader must see either all old papers or all new ones.
  const seen = new Set<number>();
  let isDone = false;
  const reader = (async () => {
    while (!isDone) {
      const { rows } = await database.pool.query<{ papers: number; counted: number }>(
        `SELECT (SELECT count(*)::int FROM papers) AS papers,
                (SELECT value::int FROM totals WHERE name = 'papers') AS counted`,
      );
      expect(rows[0]?.papers).toBe(rows[0]?.counted);
      seen.add(rows[0]?.papers ?? -1);
    }
  })();
  await rebuildTables(database, { keyring: registryOnly });
  isDone = true;
  await reader;
  expect([...seen].every((papers) => papers === 82 || papers === 1)).toBe(true);
  expect(seen).toContain(82);

  // Positions depend on the history of imports.
  const withoutHistory = async (which: TestDatabase) => {
    const { totals = [], ...tables } = await readTables(which);
    return { ...tables, totals: totals.filter(({ name }) => name !== "position") };
  };
  expect(await withoutHistory(database)).toEqual(await withoutHistory(other));
  expect((await checkTables(database, { keyring: registryOnly })).differences).toEqual([]);

  // Events that the keyring no longer accepts go to quarantine with their reason, and the feed lists the changes.
  const refused = await database.pool.query("SELECT DISTINCT code FROM quarantine WHERE kind = 'event'");
  expect(refused.rows).toEqual([{ code: "UNKNOWN_SIGNER" }]);
  const after = await readFeedHead(database.db);
  expect(after.position).toBeGreaterThan(before.position);
  expect(after.checksum).toBe((await readFeedHead(other.db)).checksum);
});
