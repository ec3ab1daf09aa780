import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper, type PaperPlan, snapshotEvent, testPaper } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";

/* Three papers list two works twice each. A paper has a row in `references` for each, and is one citing paper. */

let database: TestDatabase;
let client: Client;

const cited = ["10.1000/first", "10.1000/second"] as const;
/** The latest submitted first. */
const plans: readonly PaperPlan[] = [9, 8, 7].map((day) => ({
  arxivId: `2301.0000${day}`,
  submittedAt: `2023-01-0${day}T00:00:00Z`,
}));
const citing = plans.map((plan) => testPaper(plan).pithNumber);

beforeAll(async () => {
  database = await createTestDatabase();
  client = createClient(database);
  const references = [...cited, ...cited].map((doi) => ({
    doi,
    cited_arxiv_id: "",
    work_id: "",
    title: doi,
    is_internal_anchor: false,
  }));
  const bundles = plans.map((plan) => bundleOfPaper(plan, (paper) => [snapshotEvent(paper, { references })]));
  await ingestDocuments(database, bundles);
});
afterAll(() => database.drop());

type Page = { citedBy: { totalCount: number; nodes: { pithNumber: string }[] } };

async function citersOf(dois: readonly string[], page: string): Promise<[number, string[]][]> {
  const fields = dois.map(
    (doi, nth) => `w${nth}: work(ref: "${doi}") { citedBy(${page}) { totalCount nodes { pithNumber } } }`,
  );
  const works = Object.values(await client.ask<Record<string, Page>>(`{ ${fields.join(" ")} }`));
  return works.map(({ citedBy }) => [citedBy.totalCount, citedBy.nodes.map(({ pithNumber }) => pithNumber)]);
}

it.each([
  ["one work", cited.slice(0, 1)],
  ["several works", cited],
])("a paper that lists a work twice is on the pages of %s once", async (_of, dois) => {
  const all = (ids: readonly string[]) => dois.map(() => [3, [...ids]]);
  expect(await citersOf(dois, "first: 5")).toEqual(all(citing));
  expect(await citersOf(dois, "first: 2")).toEqual(all(citing.slice(0, 2)));
});
