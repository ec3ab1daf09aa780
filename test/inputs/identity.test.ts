import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, snapshotEvent } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { modelOf } from "../ingest/model.ts";
import { randomFrom } from "../ingest/random.ts";
import { clearTables, readTables } from "../ingest/tables.ts";
import { keyring } from "../protocol/signed-events.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
});
beforeEach(() => clearTables(database));
afterAll(() => database.drop());

const a = "10.1000/a";
const b = "2201.00001";
const c = "2201.00002";

/** `count` papers that cite the DOI A, with or without an arXiv id. */
function citing(from: number, count: number, arxivId: string | null, isSigned = true): string[] {
  return Array.from({ length: count }, (_, nth) =>
    bundleOfPaper({ arxivId: `2301.${String(from + nth).padStart(5, "0")}` }, (paper) => [
      snapshotEvent(paper, {
        isSigned,
        references: [{ doi: a, title: "A", ...(arxivId === null ? {} : { cited_arxiv_id: arxivId }) }],
      }),
    ]),
  );
}

type Work = {
  arxivId: string | null;
  doi: string | null;
  citedByCount: number;
  identityConflicts: {
    identifier: string;
    candidates: { arxivId: string | null; doi: string | null; paperCount: number }[];
  }[];
};

async function workOfA(): Promise<Work> {
  const source = `{ work(ref: "${a}") { arxivId doi citedByCount identityConflicts { identifier candidates { arxivId doi paperCount } } } }`;
  return (await client.ask<{ work: Work }>(source)).work;
}

const alone = (paperCount: number) => ({ arxivId: null, doi: null, paperCount });
const as = (arxivId: string, paperCount: number) => ({ arxivId, doi: null, paperCount });
const conflict = (...candidates: object[]) => [{ identifier: a, candidates }];

/** @input I28 */
test("one paper that names an arXiv id beside a DOI moves no citation of the 20 that name the DOI alone", async () => {
  await ingestDocuments(database, citing(1, 20, null));
  await ingestDocuments(database, citing(21, 1, b));
  expect(await workOfA()).toEqual({
    arxivId: null,
    doi: a,
    citedByCount: 20,
    identityConflicts: conflict(alone(20), as(b, 1)),
  });
});

/** @input I28 */
test("one paper that names another arXiv id beside a DOI moves no citation, and identityConflicts shows it", async () => {
  await ingestDocuments(database, citing(1, 20, null));
  await ingestDocuments(database, citing(21, 20, c));
  await ingestDocuments(database, citing(41, 1, b));
  expect(await workOfA()).toEqual({
    arxivId: c,
    doi: a,
    citedByCount: 40,
    identityConflicts: conflict(as(c, 20), alone(20), as(b, 1)),
  });
});

/** @input I28 */
test("a DOI is joined to an arXiv id that at least half of its papers name, without a conflict", async () => {
  await ingestDocuments(database, citing(1, 3, null));
  await ingestDocuments(database, citing(4, 2, b));
  expect(await workOfA()).toMatchObject({ arxivId: null, citedByCount: 3 });
  await ingestDocuments(database, citing(6, 1, b));
  expect(await workOfA()).toMatchObject({ arxivId: b, citedByCount: 6, identityConflicts: [] });
});

/** @input I28 */
test("only papers with the best proof decide which work a DOI names", async () => {
  await ingestDocuments(database, citing(1, 20, b, false));
  expect(await workOfA()).toMatchObject({ arxivId: b, citedByCount: 20 });
  await ingestDocuments(database, citing(21, 2, c));
  expect(await workOfA()).toMatchObject({ arxivId: c, citedByCount: 2, identityConflicts: [] });
});

/** @input I28 */
test("one paper that names a DOI beside a work id does not move the work of five others", async () => {
  const work = (from: number, count: number, reference: object) =>
    Array.from({ length: count }, (_, nth) =>
      bundleOfPaper({ arxivId: `2301.${String(from + nth).padStart(5, "0")}` }, (paper) => [
        snapshotEvent(paper, { references: [{ work_id: "W-1", ...reference }] }),
      ]),
    );
  await ingestDocuments(database, work(1, 5, {}));
  await ingestDocuments(database, work(6, 1, { doi: a }));
  const { rows } = await database.pool.query("SELECT cited_by_count FROM works WHERE key = 'work_id:W-1'");
  expect(rows).toEqual([{ cited_by_count: 5 }]);
});

/** @input I28 */
test("superseded references no longer decide, and the tables are the same for any order and batches", async () => {
  const replaced = bundleOfPaper({ arxivId: "2301.00021" }, (paper) => [
    snapshotEvent(paper, { created_at: "2026-06-12T00:00:00Z", references: [{ doi: a, title: "A" }] }),
  ]);
  const texts = [
    ...citing(1, 5, null),
    ...citing(21, 6, b),
    ...citing(31, 3, c),
    ...citing(41, 4, c, false),
    replaced,
  ];
  const wanted = modelOf(
    texts.map((text) => ({ text, minimumProof: "hash" })),
    keyring,
  );
  for (let seed = 1; seed <= 5; seed++) {
    const random = randomFrom(seed);
    await clearTables(database);
    for (const batch of random.split(random.shuffle(texts), random.pick([1, 3, 8]))) {
      await ingestDocuments(database, batch);
    }
    expect(await readTables(database), `seed ${seed}`).toEqual(wanted);
  }
  // Five papers and the replaced one name the DOI alone, five name B.
  expect(await workOfA()).toMatchObject({
    arxivId: null,
    identityConflicts: conflict(alone(6), as(b, 5), as(c, 3)),
  });
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
});
