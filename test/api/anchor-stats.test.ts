import { afterAll, beforeAll, expect, it } from "vitest";
import { RowCache } from "../../src/api/loaders/row-cache.ts";
import { startGraph } from "../../src/graph/index.ts";
import { DataVersion } from "../../src/store/data-version.ts";
import { primaryVersion } from "../../src/store/read-server.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf, referenceOf } from "./fixtures/documents.ts";
import { hubArxivId, ingestLibrary, ingestTexts } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestLibrary(database);
  await ingestDocuments(database, sampleDocuments(150), { keyring: sampleKeyring });
  const graph = startGraph(database, { adjacency: "sql" });
  const version = new DataVersion(
    { versionDatabase: database, versionStatement: primaryVersion },
    () => null,
  );
  client = createClient(database, graph, {}, new RowCache(version, 1_000_000));
});
afterAll(() => database.drop());

type Stat = Record<string, number | string>;
const fields =
  "group papers papersAsserting referencesAsserted referencesListed internalAnchorsAsserted internalAnchorsListed internalAnchorsStored";

async function ask(groupBy: string, filter: string): Promise<Stat[]> {
  const { anchorStats } = await client.ask<{ anchorStats: Stat[] }>(
    `{ anchorStats(groupBy: ${groupBy}, filter: ${filter}) { ${fields} } }`,
  );
  return anchorStats;
}

type Paper = {
  submittedAt: string;
  primaryCategory: string | null;
  referenceCoverage: { asserted: number | null; listed: number; internalAnchors: number | null };
  known: { totalCount: number };
  stored: { totalCount: number };
};

/** The same sums, added up over the pages of `papers`. */
async function naive(groupBy: string, filter: string): Promise<Stat[]> {
  const groups = new Map<string, Record<string, number>>();
  for (let after: string | null = null; ; ) {
    const { papers } = (await client.ask(
      `query ($after: String) { papers(first: 100, after: $after, filter: ${filter}) { pageInfo { hasNextPage endCursor } nodes {
        submittedAt primaryCategory referenceCoverage { asserted listed internalAnchors }
        known: references(internalAnchor: true) { totalCount } stored: references(internalAnchor: true, stored: true) { totalCount } } } }`,
      { after },
    )) as { papers: { pageInfo: { hasNextPage: boolean; endCursor: string }; nodes: Paper[] } };
    for (const paper of papers.nodes) {
      const group = groupBy === "YEAR" ? paper.submittedAt.slice(0, 4) : (paper.primaryCategory ?? "unknown");
      const { asserted, listed, internalAnchors } = paper.referenceCoverage;
      const added = {
        papers: 1,
        papersAsserting: Number(internalAnchors !== null),
        referencesAsserted: asserted ?? 0,
        referencesListed: listed,
        internalAnchorsAsserted: internalAnchors ?? 0,
        internalAnchorsListed: paper.known.totalCount,
        internalAnchorsStored: paper.stored.totalCount,
      };
      const sums = groups.get(group) ?? {};
      for (const [name, count] of Object.entries(added)) sums[name] = (sums[name] ?? 0) + count;
      groups.set(group, sums);
    }
    if (!papers.pageInfo.hasNextPage) break;
    after = papers.pageInfo.endCursor;
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, sums]) => ({ group, ...sums }));
}

it.each([
  ["YEAR", "{}"],
  ["PRIMARY_CATEGORY", "{}"],
  ["YEAR", '{ categories: ["cs.LG", "quant-ph"] }'],
  ["PRIMARY_CATEGORY", "{ yearFrom: 2015, yearTo: 2023, proof: SIGNED }"],
  ["YEAR", '{ titleContains: "graph", minCitedBy: 2 }'],
  ["YEAR", "{ hasEquivocations: true }"],
  ["YEAR", "{ categories: [] }"],
])("anchorStats by %s with filter %s equals a count paper by paper", async (groupBy, filter) => {
  expect(await ask(groupBy, filter)).toEqual(await naive(groupBy, filter));
});

it("anchorStats counts asserted, listed and stored references separately", async () => {
  const [of2023] = await ask("YEAR", '{ yearFrom: 2023, yearTo: 2023, categories: ["cs.AI"] }');
  expect(of2023).toMatchObject({
    referencesAsserted: 26,
    referencesListed: 5,
    internalAnchorsAsserted: 17,
    internalAnchorsListed: 4,
    internalAnchorsStored: 0,
  });
});

it("anchorStats recounts after an import, and otherwise answers from the cache", async () => {
  const filter = "{ yearFrom: 2031 }";
  expect(await ask("YEAR", filter)).toEqual([]);
  const anchor = referenceOf(1, { arxivId: hubArxivId, isInternalAnchor: true });
  const paper = {
    arxivId: "3101.00001",
    submittedAt: "2031-01-01T00:00:00Z",
    title: "New",
    references: [anchor],
  };
  await ingestTexts(database, [documentOf(paper).text]);
  const expected = [{ group: "2031", papers: 1, internalAnchorsListed: 1, internalAnchorsStored: 1 }];
  expect(await ask("YEAR", filter)).toMatchObject(expected);
  // An answer is cached only if no change was noticed while it was computed.
  await expect
    .poll(async () => {
      const again = await client.statements(`{ anchorStats(groupBy: YEAR, filter: ${filter}) { papers } }`);
      return again.filter((text) => text.includes("papers"));
    })
    .toEqual([]);
});

it("anchorStats rejects a sum beyond 2^31 - 1 with OUT_OF_RANGE, and returns the other fields", async () => {
  const asserting = await createTestDatabase();
  try {
    const papers = ["2031.00001", "2031.00002"].map((arxivId) => ({
      arxivId,
      submittedAt: "2031-01-01T00:00:00Z",
      title: arxivId,
    }));
    await ingestTexts(
      asserting,
      papers.map((paper) => documentOf(paper).text),
    );
    await asserting.pool.query("UPDATE papers SET references_asserted = 2147483647");
    const other = createClient(asserting);
    expect(await other.ask("{ anchorStats(groupBy: YEAR) { papers } }")).toEqual({
      anchorStats: [{ papers: 2 }],
    });
    const [error] = await other.errors("{ anchorStats(groupBy: YEAR) { referencesAsserted } }");
    expect(error?.extensions["code"]).toBe("OUT_OF_RANGE");
    expect(error?.message).toContain("4294967294");
  } finally {
    await asserting.drop();
  }
});
