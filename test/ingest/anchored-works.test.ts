import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { type JsonObject, parseJson } from "../../src/protocol/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import { bundleOfPaper, snapshotEvent } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { modelOf } from "./model.ts";
import { readTables } from "./tables.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
});

afterAll(() => database.drop());

// ---- Papers are named by the last digit of their arXiv id: P1 is 2301.00001.

const arxivIdOf = (nth: number) => `2301.0000${nth}`;
const reference = (names: JsonObject, isAnchor: boolean) => ({ ...names, is_internal_anchor: isAnchor });
const to = (nth: number, isAnchor: boolean) => reference({ cited_arxiv_id: arxivIdOf(nth) }, isAnchor);

/** A snapshot of a paper; a later one supersedes those before it. */
function paper(nth: number, references: JsonObject[], { version = 1, before = [] as string[] } = {}): string {
  return bundleOfPaper({ arxivId: arxivIdOf(nth), version }, (made) => [
    snapshotEvent(made, {
      created_at: `2026-06-${11 + before.length}T00:00:00Z`,
      references,
      supersedes: before.map(snapshotIdOf),
    }),
  ]);
}

function snapshotIdOf(bundle: string): string {
  const { events } = parseJson(bundle) as { events: JsonObject[] };
  return String(events[1]?.["event_id"]);
}

const u = { work_id: "U" };
const doi = { doi: "10.1000/d" };
const p1 = paper(1, [to(2, false)]);
const p1Marked = paper(1, [to(2, true)], { before: [p1] });
const second = paper(3, [to(2, true)], { version: 2 });

/** Each document, and how many works each anchor has after the import of all documents up to this one. */
const story: readonly { readonly change: string; readonly text: string; readonly anchored: object }[] = [
  { change: "a reference that is not marked as an internal anchor", text: p1, anchored: {} },
  { change: "a snapshot marks it", text: p1Marked, anchored: { "arxiv:2301.00002": 1 } },
  {
    change: "one version cites it without a mark",
    text: paper(3, [to(2, false)]),
    anchored: { "arxiv:2301.00002": 1 },
  },
  { change: "another version marks the same edge", text: second, anchored: { "arxiv:2301.00002": 2 } },
  {
    change: "the work cites itself, which does not count",
    text: paper(2, [to(2, true)]),
    anchored: { "arxiv:2301.00002": 2 },
  },
  {
    change: "a work identified by UUID only",
    text: paper(4, [reference(u, true), to(2, false)]),
    anchored: { "arxiv:2301.00002": 2, "work_id:U": 1 },
  },
  {
    change: "the UUID turns out to be the same work: two edges become one, which is marked",
    text: paper(5, [reference({ ...u, cited_arxiv_id: arxivIdOf(2) }, false)]),
    anchored: { "arxiv:2301.00002": 3 },
  },
  {
    change: "a work identified by DOI only",
    text: paper(6, [reference(doi, true)]),
    anchored: { "arxiv:2301.00002": 3, "doi:10.1000/d": 1 },
  },
  {
    change: "the DOI turns out to be the citing work itself",
    text: paper(7, [reference({ ...doi, cited_arxiv_id: arxivIdOf(6) }, true)]),
    anchored: { "arxiv:2301.00002": 3, "arxiv:2301.00006": 1 },
  },
  {
    change: "a later snapshot removes a mark",
    text: paper(1, [to(2, false)], { before: [p1, p1Marked] }),
    anchored: { "arxiv:2301.00002": 2, "arxiv:2301.00006": 1 },
  },
  {
    change: "a snapshot drops the marked reference of one version: that of the other version stays, unmarked",
    text: paper(3, [], { version: 2, before: [second] }),
    anchored: { "arxiv:2301.00002": 1, "arxiv:2301.00006": 1 },
  },
];

/** The same filter, computed slowly from the citations. */
const papersByCitations = `
  SELECT source_id FROM papers p
  WHERE EXISTS (SELECT FROM citations WHERE cited_work_id = p.work_id AND citing_work_id <> p.work_id AND is_internal_anchor) = $1
  ORDER BY source_id, source_version`;

test("counts anchored works correctly, and filters papers by isAnchor, after each change of the references", async () => {
  for (const [index, { change, text, anchored }] of story.entries()) {
    expect((await ingestDocuments(database, [text])).merged, change).toBe(1);
    const { rows } = await database.pool.query<{ key: string; count: number }>(
      "SELECT key, anchored_work_count AS count FROM works WHERE anchored_work_count <> 0",
    );
    expect(Object.fromEntries(rows.map(({ key, count }) => [key, count])), change).toEqual(anchored);
    const soFar = story
      .slice(0, index + 1)
      .map((step) => ({ text: step.text, minimumProof: "hash" as const }));
    expect(await readTables(database), change).toEqual(modelOf(soFar, keyring));

    for (const isAnchor of [true, false]) {
      const expected = await database.pool.query<{ source_id: string }>(papersByCitations, [isAnchor]);
      for (const order of ["SUBMITTED_DESC", "CITED_BY_DESC"]) {
        const { papers } = await client.ask<{
          papers: { totalCount: number; nodes: { source: { identifier: string } }[] };
        }>(
          `{ papers(filter: { isAnchor: ${isAnchor} }, orderBy: ${order}) { totalCount nodes { source { identifier } } } }`,
        );
        const found = papers.nodes.map(({ source }) => source.identifier).sort();
        expect(found, `${change}, ${order}`).toEqual(expected.rows.map((row) => row.source_id));
        expect(papers.totalCount).toBe(found.length);
      }
    }
  }
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
});
