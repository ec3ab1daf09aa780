import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { hepThDocuments, readHepThReferences } from "./fixtures/hep-th.ts";
import { ingestTexts } from "./fixtures/library.ts";
import { NaiveCitations, type Relatedness } from "./fixtures/naive-citations.ts";

/*
 * Citations of high-energy theory, queried through GraphQL after the papers were ingested as documents, and compared
 * with a naive computation over the file.
 */
const maldacena = "hep-th/9711200";
const wittenAds = "hep-th/9802150";
const review = "hep-th/9905111";

const papers = readHepThReferences();
const naive = new NaiveCitations(papers);

let database: TestDatabase;
let graph: GraphService;
const clients: Partial<Record<"memory" | "sql", Client>> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, hepThDocuments(papers));
  await database.pool.query("ANALYZE");
  graph = startGraph(database);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  clients.memory = createClient(database, graph);
  clients.sql = createClient(database);
}, 600_000);
afterAll(async () => {
  await graph.close();
  await database.drop();
});

type Work = { arxivId: string };
const work = "work { arxivId }";
const memory = <Data>(source: string) => (clients.memory as Client).ask<Data>(source);

it("the import of hep-th stores all 27,770 papers and 352,807 citations", async () => {
  expect(await memory("{ status { papers works citations } }")).toEqual({
    status: { papers: 27_770, works: 27_770, citations: 352_807 },
  });
  expect(graph.status()).toMatchObject({ vertices: 27_770, edges: 352_807, isLoaded: true });
  expect(
    await memory(
      `{ maldacena: work(ref: "${maldacena}") { citedByCount } review: work(ref: "${review}") { referenceCount } }`,
    ),
  ).toEqual({ maldacena: { citedByCount: 2414 }, review: { referenceCount: 562 } });
});

it("citationGraph of 5000 nodes is complete, and makes as many statements as one of 50", async () => {
  const source = (
    maxNodes: number,
  ) => `{ citationGraph(roots: ["${review}"], depth: 3, maxNodes: ${maxNodes}) {
    nodeCount edgeCount truncated nodes { depth work { id } } edges { citing { paper { pithNumber } } cited { id } } } }`;
  type Answer = {
    citationGraph: {
      nodeCount: number;
      edgeCount: number;
      truncated: boolean;
      nodes: { depth: number; work: { id: string } }[];
      edges: { citing: { paper: { pithNumber: string } }; cited: { id: string } }[];
    };
  };
  const { citationGraph } = await memory<Answer>(source(5000));
  const { nodes, edges } = naive.neighbourhood([review], "REFERENCES", 3, 5000);
  const { nodeCount, edgeCount, truncated } = citationGraph;
  expect({ nodeCount, edgeCount, truncated }).toEqual({
    nodeCount: nodes.length,
    edgeCount: edges.length,
    truncated: false,
  });
  expect(citationGraph.nodes.map(({ depth }) => depth)).toEqual(nodes.map(([, depth]) => depth));
  // Edges are resolved in several turns of the event loop, but keep the order of their citing nodes.
  expect(citationGraph.edges).toHaveLength(edges.length);
  const places = new Map(citationGraph.nodes.map(({ work }, place) => [work.id, place]));
  expect(citationGraph.edges.every(({ cited }) => places.has(cited.id))).toBe(true);
  const citing = new Set(citationGraph.edges.map(({ citing }) => citing.paper.pithNumber));
  expect(citing.size).toBe(new Set(edges.map((edge) => edge.split(" ")[0])).size);
  const client = clients.memory as Client;
  // Statements that check whether the graph has changed do not depend on its size.
  const statementsOf = async (maxNodes: number) => {
    const statements = await client.statements(source(maxNodes));
    return statements.filter((text) => !text.includes("graph_position"));
  };
  const [large, small] = [await statementsOf(5000), await statementsOf(50)];
  expect(new Set(large)).toEqual(new Set(small));
  // A batch is split if the process loses the CPU in the middle of a turn.
  expect(large.length).toBeLessThanOrEqual(new Set(small).size + 2);
});

type Ranked = {
  topWorks: { nodes: { rank: number; score: number; work: Work & { citedByCount: number } }[] };
};

it("topWorks by CITED_BY_COUNT returns the 100 most cited works of the file", async () => {
  const {
    topWorks: { nodes: top },
  } = await memory<Ranked>(
    "{ topWorks(by: CITED_BY_COUNT, first: 100) { nodes { rank score work { arxivId citedByCount } } } }",
  );
  const most = naive.mostCitedFirst(papers.keys()).slice(0, 100);
  expect(top[0]).toEqual({ rank: 1, score: 2414, work: { arxivId: maldacena, citedByCount: 2414 } });
  expect(top.map(({ work }) => work.arxivId)).toEqual(most);
});

it("topWorks by PAGERANK agrees with a naive computation, with and without a filter", async () => {
  const ranks = naive.pageRanks();
  const ordered = [...ranks].sort(([idA, a], [idB, b]) => b - a || naive.compare(idA, idB)).map(([id]) => id);
  const ask = async (filter: string) =>
    (await memory<Ranked>(`{ topWorks(by: PAGERANK, first: 50${filter}) { nodes { rank score ${work} } } }`))
      .topWorks.nodes;
  const all = await ask("");
  expect(all.map(({ work }) => work.arxivId)).toEqual(ordered.slice(0, 50));
  for (const { work, score } of all) expect(score).toBeCloseTo(ranks.get(work.arxivId) ?? 0, 7);
  // Many of the first thousand are of 2001. None is of January 2003, so all that match are ranked.
  for (const year of ["01", "03"]) {
    const ofYear = await ask(
      `, filter: { yearFrom: 20${year}, yearTo: 20${year}, stored: true, categories: ["hep-th"] }`,
    );
    const expected = ordered.filter((id) => id.startsWith(`hep-th/${year}`)).slice(0, 50);
    expect(ofYear.map(({ work }) => work.arxivId)).toEqual(expected);
    expect(ofYear.map(({ rank }) => rank)).toEqual(expected.map((_, index) => index + 1));
  }
});

describe.each(["memory", "sql"] as const)("with the graph in %s", (adjacency) => {
  const ask = <Data>(source: string) => (clients[adjacency] as Client).ask<Data>(source);

  it.each([
    [[review], "REFERENCES", 2, 300],
    [[maldacena], "CITED_BY", 1, 500],
    [[wittenAds, maldacena], "BOTH", 2, 200],
    [["hep-th/9201001"], "REFERENCES", 10, 5000],
  ] as const)(
    "citationGraph from %j (%s, %i, %i) is the naive one",
    async (roots, direction, depth, maxNodes) => {
      const { citationGraph } = await ask<{
        citationGraph: {
          nodes: { depth: number; work: Work }[];
          edges: { citing: Work; cited: Work }[];
        };
      }>(`{ citationGraph(roots: ${JSON.stringify(roots)}, direction: ${direction}, depth: ${depth}, maxNodes: ${maxNodes}) {
      nodes { depth ${work} } edges { citing { arxivId } cited { arxivId } } } }`);
      const expected = naive.neighbourhood(roots, direction, depth, maxNodes);
      expect(citationGraph.nodes.map(({ work, depth }) => [work.arxivId, depth])).toEqual(expected.nodes);
      expect(
        citationGraph.edges.map(({ citing, cited }) => `${citing.arxivId} ${cited.arxivId}`).sort(),
      ).toEqual(expected.edges);
    },
  );

  it.each([
    [review, "hep-th/9304045", "REFERENCES", 8],
    ["hep-th/9205027", review, "CITED_BY", 30],
    ["hep-th/0304270", "hep-th/9201001", "REFERENCES", 40],
    ["hep-th/9201015", "hep-th/0301001", "BOTH", 8],
    [maldacena, review, "REFERENCES", 40],
  ] as const)("citationPath %s to %s (%s) is the naive one", async (from, to, direction, maxDepth) => {
    const { citationPath } = await ask<{ citationPath: { length: number; works: Work[] } | null }>(
      `{ citationPath(from: "${from}", to: "${to}", direction: ${direction}, maxDepth: ${maxDepth}) { length works { arxivId } } }`,
    );
    const expected = naive.path(from, to, direction, maxDepth);
    expect(citationPath?.works.map(({ arxivId }) => arxivId) ?? null).toEqual(expected);
    expect(citationPath?.length).toBe(expected === null ? undefined : expected.length - 1);
  });

  it.each([
    [review, "REFERENCES", 3],
    [maldacena, "CITED_BY", 2],
  ] as const)("reachableWorks from %s (%s) counts as the naive one", async (ref, direction, maxDepth) => {
    const { reachableWorks } = await ask<{ reachableWorks: object }>(
      `{ reachableWorks(ref: "${ref}", direction: ${direction}, maxDepth: ${maxDepth}) { counts total truncated } }`,
    );
    const counts = naive.levels([ref], direction, maxDepth).map(({ length }) => length);
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(reachableWorks).toEqual({ counts, total, truncated: false });
  });

  it.each<[string, Relatedness]>([
    [maldacena, "BIBLIOGRAPHIC_COUPLING"],
    [wittenAds, "CO_CITATION"],
    [review, "BIBLIOGRAPHIC_COUPLING"],
  ])("relatedWorks of %s by %s equals the naive ranking", async (ref, by) => {
    const { relatedWorks } = await ask<{
      relatedWorks: { nodes: { work: Work; score: number; sharedCount: number; shared: Work[] }[] };
    }>(
      `{ relatedWorks(ref: "${ref}", by: ${by}) { nodes { score sharedCount ${work} shared(first: 3) { arxivId } } } }`,
    );
    const expected = naive.related(ref, by, 20);
    expect(
      relatedWorks.nodes.map(({ work, shared }) => [work.arxivId, shared.map(({ arxivId }) => arxivId)]),
    ).toEqual(expected.map(({ work, shared }) => [work, shared]));
    for (const [index, { score, sharedCount }] of relatedWorks.nodes.entries()) {
      expect(score).toBeCloseTo(expected[index]?.score ?? 0, 12);
      expect(sharedCount).toBe(expected[index]?.sharedCount);
    }
  });

  it("commonReferences, priorWorks and derivativeWorks equal the naive counts", async () => {
    const refs = [maldacena, wittenAds, "hep-th/9802109"];
    type Counted = { nodes: { work: Work; sharedBy?: number; overlapCount?: number }[] };
    const answer = await ask<Record<"common" | "prior" | "derivative", Counted>>(`{
      common: commonReferences(refs: ${JSON.stringify(refs)}) { nodes { sharedBy ${work} } }
      prior: priorWorks(refs: ${JSON.stringify(refs)}) { nodes { overlapCount ${work} } }
      derivative: derivativeWorks(refs: ${JSON.stringify(refs)}) { nodes { overlapCount ${work} } } }`);
    const pairs = ({ nodes }: Counted) =>
      nodes.map(({ work, sharedBy, overlapCount }) => [work.arxivId, sharedBy ?? overlapCount]);
    const cited = naive.tally(refs, "REFERENCES");
    const outside = ([id]: [string, number]) => !refs.includes(id);
    expect(pairs(answer.common)).toEqual(cited.filter(([, count]) => count > 1).slice(0, 20));
    expect(pairs(answer.prior)).toEqual(cited.filter(outside).slice(0, 20));
    expect(pairs(answer.derivative)).toEqual(naive.tally(refs, "CITED_BY").filter(outside).slice(0, 20));
  });
});
