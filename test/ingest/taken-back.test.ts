import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring, receiptOf, registry, signedEvent, unsignedEvent } from "../protocol/signed-events.ts";
import { bundleOfPaper, snapshotEvent, testPaper } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { modelOf } from "./model.ts";
import { clearTables, type Row, readTables, type Tables } from "./tables.ts";

/* Cases that random worlds rarely reach: evidence is retracted. */

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => clearTables(database));

afterAll(() => database.drop());

/** Ingests documents one after the other, and compares all tables with the model after each. */
async function steps(texts: readonly string[]): Promise<Tables[]> {
  const seen: Tables[] = [];
  for (const [index, text] of texts.entries()) {
    await ingestDocuments(database, [text]);
    const tables = await readTables(database);
    const soFar = texts.slice(0, index + 1).map((text) => ({ text, minimumProof: "hash" as const }));
    expect(tables, `step ${index + 1}`).toEqual(modelOf(soFar, keyring));
    seen.push(tables);
  }
  return seen;
}

function workOf(tables: Tables | undefined, key: string): Row | undefined {
  return tables?.["works"]?.find((row) => row["key"] === key);
}

const citing = (references: object[], day = 11) =>
  bundleOfPaper({ arxivId: "2301.00009" }, (paper) => [
    snapshotEvent(paper, { created_at: `2026-06-${day}T00:00:00Z`, references: references as never[] }),
  ]);

test("a paper whose record is displaced leaves its work, which remains because it is cited", async () => {
  const { pithNumber, record, digest } = testPaper();
  const subject = { subject_pith_number: pithNumber };
  const hint = (second: number, prev: string | null) => ({
    ...subject,
    event_type: "mirror_hint",
    created_at: `2026-06-10T12:00:0${second}Z`,
    prev_event: prev,
  });
  const root = signedEvent(registry, hint(0, null));
  const middle = unsignedEvent(registry, hint(2, root.event_id));
  // Earlier than the one in the middle, whose branch it displaces.
  const rival = signedEvent(registry, hint(1, root.event_id));
  const recorded = signedEvent(registry, {
    ...subject,
    event_type: "record_created",
    created_at: "2026-06-10T12:00:03Z",
    payload: { canonical_record: record, canonical_sha256: digest, receipt: receiptOf(registry, digest) },
    prev_event: middle.event_id,
  });
  const [, stored, left] = await steps([
    citing([{ cited_arxiv_id: "2301.00001", title: "As cited" }]),
    bundleOfPaper({}, () => [], { events: [root, middle, recorded] }),
    bundleOfPaper({}, () => [], { events: [rival] }),
  ]);
  // A paper without a snapshot has no title: the reference's title stays.
  expect(workOf(stored, "arxiv:2301.00001")).toMatchObject({
    paper_id: expect.any(String),
    title: "As cited",
    title_standing: "signed",
  });
  expect(workOf(left, "arxiv:2301.00001")).toMatchObject({ paper_id: null, title: "As cited" });
  expect(workOf(left, `pith:${pithNumber}`)).toMatchObject({ cited_by_count: "0" });
});

test("a DOI follows the best proved papers that name it: to an arXiv id, back to itself, and to another arXiv id on a tie", async () => {
  const doi = { doi: "10.1000/a", work_id: "W", title: "t" };
  const other = bundleOfPaper({ arxivId: "2301.00008" }, (paper) => [
    snapshotEvent(paper, { references: [doi] }),
  ]);
  const weak = bundleOfPaper({ arxivId: "2301.00007" }, (paper) => [
    snapshotEvent(paper, { isSigned: false, references: [{ ...doi, cited_arxiv_id: "2302.00002" }] }),
    snapshotEvent(paper, { isSigned: false, created_at: "2026-06-09T00:00:00Z" }),
  ]);
  const tables = await steps([
    other,
    citing([{ ...doi, cited_arxiv_id: "2302.00001" }], 11),
    weak,
    citing([], 12),
    citing([{ ...doi, cited_arxiv_id: "2302.00003" }], 13),
    bundleOfPaper({ arxivId: "2301.00007" }, (paper) => [snapshotEvent(paper)]),
  ]);
  const cited = tables.map(
    (tables) => tables["works"]?.find((row) => Number(row["cited_by_count"]) > 0)?.["key"],
  );
  expect(cited[0]).toBe("doi:10.1000/a");
  expect(workOf(tables[1], "arxiv:2302.00001")).toMatchObject({ cited_by_count: "2" });
  // Less proved evidence changes nothing while better proved evidence exists.
  expect(workOf(tables[2], "arxiv:2302.00001")).toMatchObject({ cited_by_count: "2" });
  // The paper that names the DOI alone is better proved than the one that resolves it.
  expect(workOf(tables[3], "doi:10.1000/a")).toMatchObject({ cited_by_count: "1" });
  expect(workOf(tables[3], "arxiv:2302.00002")).toMatchObject({ cited_by_count: "1" });
  expect(workOf(tables[4], "arxiv:2302.00003")).toMatchObject({ cited_by_count: "2" });
  expect(workOf(tables[5], "arxiv:2302.00002")).toBeUndefined();
});

test("removes 100,000 references to one work when a later snapshot has none", async () => {
  const references = Array.from({ length: 100_000 }, () => ({ doi: "10.1000/a", work_id: "W", title: "t" }));
  const summary = await ingestDocuments(database, [citing(references, 11)]);
  expect(summary.rejected).toEqual(new Map());
  const count = async () => {
    const { rows } = await database.pool.query(
      'SELECT (SELECT count(*) FROM "references") AS rows, (SELECT count(*) FROM citations) AS edges, (SELECT count(DISTINCT paper_id) FROM citing_papers) AS citers',
    );
    return rows[0];
  };
  expect(await count()).toEqual({ rows: "100000", edges: "1", citers: "1" });
  await ingestDocuments(database, [citing([], 12)]);
  expect(await count()).toEqual({ rows: "0", edges: "0", citers: "0" });
});
