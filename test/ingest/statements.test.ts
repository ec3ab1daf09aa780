import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { recordStatements, type Statement } from "./recorded-statements.ts";
import { clearTables } from "./tables.ts";

let database: TestDatabase;
let statements: Statement[];

beforeAll(async () => {
  database = await createTestDatabase();
  statements = recordStatements(database.pool);
});

afterAll(() => database.drop());

beforeEach(() => clearTables(database));

const manyReferences = (nth: number, version: number) =>
  Array.from({ length: 5 }, (_, index) => ({
    doi: `10.1000/${nth + index}`,
    work_id: `work-${nth + index}`,
    cited_arxiv_id: version === 2 && index === 0 ? `2301.${String(10_000 + nth)}` : "",
    title: `Title ${index}`,
    is_internal_anchor: false,
  }));

/** Papers with a first or a second snapshot; the second moves works. */
function papers(count: number, version: number): string[] {
  return Array.from({ length: count }, (_, nth) =>
    bundleOfPaper({ arxivId: `2301.${String(20_000 + nth)}` }, (paper) => [
      snapshotEvent(paper, {
        created_at: `2026-06-1${version}T00:00:00Z`,
        references: manyReferences(nth, version),
      }),
    ]),
  );
}

async function countStatements(documents: string[]): Promise<number> {
  statements.length = 0;
  await ingestDocuments(database, documents, { batchDocuments: documents.length });
  // A setting is sent in one message with its statement.
  return statements.filter(({ text }) => !text.startsWith("SET LOCAL")).length;
}

test("sends as many statements for a batch of 500 documents as for one of 50", async () => {
  const counts: Record<string, number[]> = { first: [], replaced: [], again: [] };
  for (const size of [1, 50, 500]) {
    await clearTables(database);
    counts["first"]?.push(await countStatements(papers(size, 1)));
    counts["replaced"]?.push(await countStatements(papers(size, 2)));
    counts["again"]?.push(await countStatements(papers(size, 2)));
  }
  for (const [name, [one = 0, fifty, fiveHundred]] of Object.entries(counts)) {
    expect(one, name).toBeGreaterThan(0);
    expect(fiveHundred, name).toBe(fifty);
    // With a single paper there is no other paper that a move could affect.
    expect(fifty, name).toBeLessThanOrEqual(one + 3);
    expect(fifty, name).toBeLessThan(57);
  }
});
