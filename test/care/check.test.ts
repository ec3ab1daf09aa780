import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";

let database: TestDatabase;
const keyring = sampleKeyring;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(30), { keyring });
});

afterAll(() => database.drop());

test("finds no difference after an ingest, and a rebuild changes no row", async () => {
  const { counts, differences } = await checkTables(database, { keyring });
  expect(differences).toEqual([]);
  expect(counts.size).toBe(0);
  expect(await rebuildTables(database, { keyring })).toEqual({ removed: 0, written: 0, droppedEvents: 0 });
});

/** One fault for each table that the log determines, and a text that the report must contain. */
const faults: Record<string, readonly [statement: string, named: string]> = {
  records: [
    "UPDATE records SET state_sha256 = sha256('x') WHERE paper_id = (SELECT min(paper_id) FROM records)",
    "state_sha256",
  ],
  "records: aliases": [
    "UPDATE records SET aliases = replace(aliases, 'true]', 'false]') WHERE aliases LIKE '%true]%'",
    "arxiv_version",
  ],
  events: ["UPDATE events SET status = 'superseded' WHERE position = 1", "superseded"],
  papers: [
    "UPDATE papers SET proof = 'signed' WHERE pith_number = 'pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643'",
    "ROU4N4IR",
  ],
  paper_keys: ["DELETE FROM paper_keys WHERE key = 'arxiv:2302.12192'", "arxiv:2302.12192"],
  claims: ["UPDATE claims SET text = 'something else' WHERE ordinal = 0", "something else"],
  references: ['UPDATE "references" SET cited_work_id = 1 WHERE ordinal = 0', '"cited_work_id":1,'],
  works: [
    "UPDATE works SET cited_by_count = cited_by_count + 1 WHERE key = 'arxiv:2302.12192'",
    "arxiv:2302.12192",
  ],
  "works: anchored in": [
    "UPDATE works SET anchored_work_count = anchored_work_count + 1 WHERE key = 'arxiv:2302.12192'",
    '"anchored_work_count":1',
  ],
  work_identifiers: ["DELETE FROM work_identifiers WHERE kind = 'doi'", '"kind":"doi"'],
  "references: submitted_at": [
    `UPDATE "references" SET submitted_at = '2001-02-03T04:05:06Z' WHERE ordinal = 0`,
    "2001-02-03T04:05:06",
  ],
  // Must be empty on one server.
  citations_by_citing: ["INSERT INTO citations_by_citing VALUES (1, 2, false)", '"citing_work_id":1,'],
  signers: ["UPDATE signers SET signer_id = 'altered'", "altered"],
  totals: ["UPDATE totals SET value = value + 1 WHERE name = 'claims'", "claims"],
};

test.each(Object.entries(faults))(
  "reports a fault in %s, which a rebuild repairs",
  async (name, [statement, named]) => {
    const [table] = name.split(":");
    const damaged = await database.pool.query(statement);
    expect(damaged.rowCount).toBeGreaterThan(0);
    const { counts, differences } = await checkTables(database, { keyring });
    expect([...counts.keys()]).toEqual([table]);
    expect(counts.get(table ?? "")).toBe(damaged.rowCount);
    expect(JSON.stringify(differences).replaceAll('\\"', '"')).toContain(named);
    // Anything not repaired would be reported with the next fault, or by the last check.
    expect((await rebuildTables(database, { keyring })).written).toBeGreaterThanOrEqual(
      statement.startsWith("INSERT") ? 0 : 1,
    );
  },
);

test("finds no difference after all faults have been repaired", async () => {
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
});
