import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import {
  alone,
  citedOnlyArxivId,
  citedOnlyDoi,
  ingestCitations,
  left,
  right,
  self,
  survey1,
  survey2,
} from "./fixtures/citations.ts";

let database: TestDatabase;
let graph: GraphService;
const clients: Partial<Record<"memory" | "sql", Client>> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestCitations(database);
  graph = startGraph(database);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  clients.memory = createClient(database, graph);
  clients.sql = createClient(database);
});
afterAll(async () => {
  await graph.close();
  await database.drop();
});

type Work = { arxivId: string | null; doi: string | null };
const name = ({ arxivId, doi }: Work) => arxivId ?? doi;
const named = "arxivId doi";

describe.each(["memory", "sql"] as const)("with the graph in %s", (adjacency) => {
  const ask = <Data>(source: string): Promise<Data> => {
    const client = clients[adjacency];
    if (client === undefined) throw new Error("no client");
    return client.ask<Data>(source);
  };

  async function graphOf(given: string) {
    const { citationGraph } = await ask<{
      citationGraph: {
        nodes: { depth: number; work: Work }[];
        edges: {
          citing: Work;
          cited: Work;
          citingIndex: number;
          citedIndex: number;
          isInternalAnchor: boolean;
        }[];
        nodeCount: number;
        edgeCount: number;
        truncated: boolean;
        graphVersion: string;
      };
    }>(`{ citationGraph(${given}) { nodeCount edgeCount truncated graphVersion nodes { depth work { ${named} } }
      edges { isInternalAnchor citingIndex citedIndex citing { ${named} } cited { ${named} } } } }`);
    const { nodes, edges, nodeCount, edgeCount } = citationGraph;
    expect([nodeCount, edgeCount]).toEqual([nodes.length, edges.length]);
    for (const { citing, cited, citingIndex, citedIndex } of edges) {
      expect([nodes[citingIndex]?.work, nodes[citedIndex]?.work]).toEqual([citing, cited]);
    }
    return {
      ...citationGraph,
      nodes: nodes.map(({ work, depth }) => [name(work), depth]),
      edges: edges.map((edge) => [name(edge.citing), name(edge.cited), edge.isInternalAnchor]),
    };
  }

  it("citationGraph includes works without a stored paper, and self-citations", async () => {
    const found = await graphOf(`roots: ["${self}"]`);
    expect(found.nodes).toEqual([
      [self, 0],
      [left, 1],
      [citedOnlyDoi, 1],
    ]);
    expect(found.edges).toHaveLength(3);
    expect(found.edges).toEqual(
      expect.arrayContaining([
        [self, self, false],
        [self, left, true],
        [self, citedOnlyDoi, false],
      ]),
    );
    expect(found.truncated).toBe(false);
  });

  it("citationGraph returns depths and node indexes without reading works", async () => {
    const client = clients[adjacency] as Client;
    const graph = (works: string) => `{ citationGraph(roots: ["${self}"], direction: BOTH, depth: 2) {
      nodes { depth ${works} } edges { citingIndex citedIndex isInternalAnchor } } }`;
    const drawn = await client.ask(graph(""));
    const { citationGraph } = await client.ask<{ citationGraph: { nodes: object[]; edges: object[] } }>(
      graph("work { id }"),
    );
    expect(drawn).toEqual({
      citationGraph: {
        ...citationGraph,
        nodes: citationGraph.nodes.map((node) => ({ depth: (node as { depth: number }).depth })),
      },
    });
    const readsOfWorks = async (works: string) =>
      (await client.statements(graph(works))).filter((text) => text.includes('from "works"')).length;
    // In memory they have summaries.
    const withWorks = await readsOfWorks("work { id }");
    expect(await readsOfWorks("")).toBe(withWorks - (adjacency === "sql" ? 1 : 0));
  });

  it("citationGraph visits each work of a cycle once, up to the requested depth", async () => {
    const { nodes, edges } = await graphOf(`roots: ["${left}"], depth: 10`);
    expect(nodes).toEqual([
      [left, 0],
      [right, 1],
      [citedOnlyArxivId, 2],
    ]);
    expect(edges).toHaveLength(3);
    const roots = await graphOf(`roots: ["${left}", "arXiv:${left}v1", "${right}"], depth: 0`);
    expect(roots.nodes).toEqual([
      [left, 0],
      [right, 0],
    ]);
    expect(roots.edges).toEqual([
      [left, right, false],
      [right, left, true],
    ]);
  });

  it("citationGraph follows citations in the directions CITED_BY and BOTH", async () => {
    const citedBy = await graphOf(`roots: ["${citedOnlyArxivId}"], direction: CITED_BY, depth: 2`);
    expect(citedBy.nodes.slice(0, 3)).toEqual([
      [citedOnlyArxivId, 0],
      [right, 1],
      [left, 2],
    ]);
    expect(citedBy.nodes.slice(3).map(([work]) => work)).toEqual(expect.arrayContaining([survey1, survey2]));
    const both = await graphOf(`roots: ["${citedOnlyDoi}"], direction: BOTH, depth: 10`);
    expect(both.nodes).toHaveLength(7);
    expect((await graphOf(`roots: ["${alone}"], direction: BOTH, depth: 10`)).nodes).toEqual([[alone, 0]]);
  });

  it("citationGraph keeps the most cited works at maxNodes, and sets truncated", async () => {
    const cut = await graphOf(`roots: ["${self}"], maxNodes: 2`);
    expect(cut.nodes).toEqual([
      [self, 0],
      [left, 1],
    ]);
    expect(cut.truncated).toBe(true);
    expect((await graphOf(`roots: ["${self}", "${left}"], maxNodes: 1`)).nodes).toEqual([[self, 0]]);
  });

  it("citationPath returns a shortest path, or null if there is none within maxDepth", async () => {
    const path = (given: string) =>
      ask<{ citationPath: { length: number; works: Work[] } | null }>(
        `{ citationPath(${given}) { length works { ${named} } graphVersion } }`,
      ).then(({ citationPath }) => citationPath);
    const found = await path(`from: "${self}", to: "${citedOnlyArxivId}"`);
    expect(found?.length).toBe(3);
    expect(found?.works.map(name)).toEqual([self, left, right, citedOnlyArxivId]);
    expect(await path(`from: "${self}", to: "${citedOnlyArxivId}", maxDepth: 2`)).toBeNull();
    expect(await path(`from: "${citedOnlyArxivId}", to: "${self}"`)).toBeNull();
    expect(
      (await path(`from: "${citedOnlyArxivId}", to: "${survey2}", direction: CITED_BY`))?.works.map(name),
    ).toEqual([citedOnlyArxivId, right, survey2]);
    expect((await path(`from: "${alone}", to: "${alone}"`))?.length).toBe(0);
    expect(await path(`from: "${alone}", to: "${self}", direction: BOTH`)).toBeNull();
  });

  it("reachableWorks counts works by their distance", async () => {
    const counts = (given: string) =>
      ask<{ reachableWorks: object }>(`{ reachableWorks(${given}) { total counts truncated } }`).then(
        ({ reachableWorks }) => reachableWorks,
      );
    expect(await counts(`ref: "${self}"`)).toEqual({ total: 5, counts: [1, 2, 1, 1], truncated: false });
    expect(await counts(`ref: "${self}", maxDepth: 1`)).toMatchObject({ counts: [1, 2] });
    expect(await counts(`ref: "${citedOnlyDoi}", direction: CITED_BY`)).toMatchObject({ counts: [1, 1, 1] });
  });

  it("relatedWorks returns scores and the works that are shared", async () => {
    const related = async (given: string, shared = "") => {
      const { relatedWorks } = await ask<{
        relatedWorks: {
          nodes: { work: Work; score: number; sharedCount: number; shared: Work[]; one: Work[] }[];
        };
      }>(`{ relatedWorks(${given}) { truncated graphVersion nodes { work { ${named} } score sharedCount
        shared${shared} { ${named} } ...rest } } } fragment rest on RelatedWork { one: shared(first: 1) { ${named} } }`);
      return relatedWorks.nodes.map(({ work, score, sharedCount, shared, one }) => {
        expect(one).toEqual(shared.slice(0, 1));
        return { work: name(work), score, sharedCount, shared: shared.map(name) };
      });
    };
    expect(await related(`ref: "${survey1}", by: BIBLIOGRAPHIC_COUPLING, first: 1`)).toEqual([
      { work: survey2, score: 2 / Math.sqrt(6), sharedCount: 2, shared: [left, right] },
    ]);
    const coCited = await related(`ref: "${left}", by: CO_CITATION`, "(first: 1)");
    // A self-citation of the first counts like any other citation.
    expect(coCited).toMatchObject([
      { work: self, score: 2 / Math.sqrt(8), sharedCount: 2 },
      { work: right, score: 2 / Math.sqrt(12), sharedCount: 2 },
      { score: 1 / Math.sqrt(4), sharedCount: 1 },
      { score: 1 / Math.sqrt(4), sharedCount: 1 },
    ]);
    for (const { shared } of coCited) expect(shared).toHaveLength(1);
    expect(await related(`ref: "${alone}", by: CO_CITATION`)).toEqual([]);
  });

  it("commonReferences lists works that at least minSharedBy of the given works cite, by default two", async () => {
    const common = async (given: string) => {
      const { commonReferences } = await ask<{
        commonReferences: { nodes: { work: Work; sharedBy: number }[] };
      }>(`{ commonReferences(${given}) { truncated nodes { work { ${named} } sharedBy } } }`);
      return commonReferences.nodes.map(({ work, sharedBy }) => [name(work), sharedBy]);
    };
    const all = `refs: ["${survey1}", "${survey2}", "${self}"]`;
    expect(await common(all)).toEqual([
      [left, 3],
      [right, 2],
      [self, 2],
    ]);
    expect(await common(`${all}, minSharedBy: 3`)).toEqual([[left, 3]]);
    expect(await common(`${all}, first: 1`)).toEqual([[left, 3]]);
    expect(await common(`refs: ["${survey2}"]`)).toEqual([
      [left, 1],
      [right, 1],
    ]);
    expect(await common(`refs: ["${alone}", "${left}"]`)).toEqual([]);
  });

  it("priorWorks and derivativeWorks exclude the given works", async () => {
    const answer = await ask<{
      priorWorks: { nodes: { work: Work; overlapCount: number }[] };
      derivativeWorks: { nodes: { work: Work; overlapCount: number }[] };
    }>(`{ priorWorks(refs: ["${survey1}", "${survey2}"], first: 2) { nodes { overlapCount work { ${named} } } }
      derivativeWorks(refs: ["${left}", "${right}"], first: 2) { nodes { overlapCount work { ${named} } } } }`);
    expect(answer.priorWorks.nodes.map(({ work, overlapCount }) => [name(work), overlapCount])).toEqual([
      [left, 2],
      [right, 2],
    ]);
    const derivative = answer.derivativeWorks.nodes.map(({ work, overlapCount }) => [
      name(work),
      overlapCount,
    ]);
    expect(derivative.sort()).toEqual([
      [survey1, 2],
      [survey2, 2],
    ]);
  });

  it("topWorks ranks by citations, among the works that match the filter", async () => {
    type Ranked = { work: Work & { citedByCount: number }; rank: number; score: number };
    const top = async (given: string) => {
      const { topWorks } = await ask<{ topWorks: { nodes: Ranked[] } }>(
        `{ topWorks(by: CITED_BY_COUNT, ${given}) { truncated graphVersion nodes { rank score work { ${named} citedByCount } } } }`,
      );
      for (const { score, work } of topWorks.nodes) expect(score).toBe(work.citedByCount);
      return topWorks.nodes.map(({ work, rank, score }) => [name(work), rank, score]);
    };
    expect(await top("first: 3")).toEqual([
      [left, 1, 4],
      [right, 2, 3],
      [self, 3, 2],
    ]);
    expect(await top("first: 0")).toEqual([]);
    expect(await top("filter: {}, first: 100")).toHaveLength(8);
    const notStored = await top("filter: { stored: false }");
    expect(notStored.map(([work, rank]) => [work, rank]).sort()).toEqual(
      [
        [citedOnlyDoi, expect.any(Number)],
        [citedOnlyArxivId, expect.any(Number)],
      ].sort(),
    );
    expect(await top("filter: { yearFrom: 2021, yearTo: 2022 }")).toEqual([
      [left, 1, 4],
      [right, 2, 3],
    ]);
    expect((await top('filter: { categories: ["math.AG"] }')).map(([work]) => work)).toEqual(
      expect.arrayContaining([left, survey1, alone]),
    );
    expect(await top("filter: { categories: [] }")).toEqual([]);
  });
});

describe("topWorks by PAGERANK", () => {
  type Ranked = { work: Work; rank: number; score: number }[];
  const top = async (given: string) =>
    (
      await (clients.memory as Client).ask<{ topWorks: { nodes: Ranked } }>(
        `{ topWorks(by: PAGERANK${given}) { nodes { rank score work { ${named} } } } }`,
      )
    ).topWorks.nodes;

  it("sums to 1 over all works, and is highest for the works that citations lead to", async () => {
    const all = await top("");
    expect(all.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(all.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    expect(all.slice(0, 2).map(({ work }) => name(work))).toEqual([right, left]);
    for (const [index, { score }] of all.slice(1).entries()) {
      expect(score).toBeLessThanOrEqual(all[index]?.score ?? 0);
    }
  });

  it("keeps the scores of the complete graph when a filter is given", async () => {
    const scores = new Map((await top("")).map(({ work, score }) => [name(work), score]));
    const stored = await top(", filter: { stored: true }, first: 3");
    expect(stored.map(({ rank }) => rank)).toEqual([1, 2, 3]);
    for (const { work, score } of stored) expect(score).toBe(scores.get(name(work)));
    expect(await top(", filter: { yearFrom: 2100 }")).toEqual([]);
  });

  it("is rejected with GRAPH_UNAVAILABLE when the graph is not in memory", async () => {
    const [error] = await (clients.sql as Client).errors("{ topWorks(by: PAGERANK) { nodes { rank } } }");
    expect(error?.extensions["code"]).toBe("GRAPH_UNAVAILABLE");
    expect(error?.message).toContain("PITH_GRAPH_ADJACENCY=memory");
  });
});

describe("invalid arguments of citation queries", () => {
  const errorOf = async (source: string, variables: Record<string, unknown> = {}) => {
    const [error] = await (clients.memory as Client).errors(source, variables);
    return { code: error?.extensions["code"], message: error?.message, refs: error?.extensions["refs"] };
  };

  it.each([
    ["citationGraph", (ref: string) => `{ citationGraph(roots: ["${self}", "${ref}"]) { truncated } }`],
    ["citationPath, from", (ref: string) => `{ citationPath(from: "${ref}", to: "${self}") { length } }`],
    ["citationPath, to", (ref: string) => `{ citationPath(from: "${self}", to: "${ref}") { length } }`],
    ["relatedWorks", (ref: string) => `{ relatedWorks(ref: "${ref}", by: CO_CITATION) { nodes { score } } }`],
    ["commonReferences", (ref: string) => `{ commonReferences(refs: ["${ref}"]) { nodes { sharedBy } } }`],
    ["priorWorks", (ref: string) => `{ priorWorks(refs: ["${ref}"]) { nodes { overlapCount } } }`],
    ["derivativeWorks", (ref: string) => `{ derivativeWorks(refs: ["${ref}"]) { nodes { overlapCount } } }`],
    ["reachableWorks", (ref: string) => `{ reachableWorks(ref: "${ref}") { total } }`],
  ])(
    "%s rejects an unknown work with NOT_FOUND and an unreadable ref with BAD_USER_INPUT",
    async (_name, source) => {
      expect(await errorOf(source("2501.77777"))).toEqual({
        code: "NOT_FOUND",
        message: 'No paper or cited work matches "2501.77777".',
        refs: ["2501.77777"],
      });
      expect((await errorOf(source("?"))).code).toBe("BAD_USER_INPUT");
    },
  );

  it("NOT_FOUND names the first 10 of many unknown refs", async () => {
    const refs = Array.from({ length: 12 }, (_, index) => `2502.${10000 + index}`);
    const { code, message } = await errorOf(
      `{ commonReferences(refs: ${JSON.stringify(refs)}) { nodes { sharedBy } } }`,
    );
    expect(code).toBe("NOT_FOUND");
    expect(message).toContain('"2502.10009", or 2 more.');
  });

  it.each([
    [`citationGraph(roots: ["${self}"], depth: 11) { truncated }`, "`depth` must be from 0 to 10, not 11."],
    [`citationGraph(roots: ["${self}"], depth: -1) { truncated }`, "`depth` must be from 0 to 10, not -1."],
    [
      `citationGraph(roots: ["${self}"], maxNodes: 0) { truncated }`,
      "`maxNodes` must be from 1 to 5000, not 0.",
    ],
    [
      `citationGraph(roots: ["${self}"], maxNodes: 5001) { truncated }`,
      "`maxNodes` must be from 1 to 5000, not 5001.",
    ],
    ["citationGraph(roots: []) { truncated }", "`roots.length` must be from 1 to 100, not 0."],
    [`citationGraph(roots: $many) { truncated }`, "`roots.length` must be from 1 to 100, not 101."],
    [
      `citationPath(from: "${self}", to: "${left}", maxDepth: 101) { length }`,
      "`maxDepth` must be from 1 to 100, not 101.",
    ],
    [
      `citationPath(from: "${self}", to: "${left}", maxDepth: 0) { length }`,
      "`maxDepth` must be from 1 to 100, not 0.",
    ],
    [`reachableWorks(ref: "${self}", maxDepth: 101) { total }`, "`maxDepth` must be from 1 to 100, not 101."],
    [
      `relatedWorks(ref: "${self}", by: CO_CITATION, first: 101) { nodes { score } }`,
      "`first` must be from 0 to 100, not 101.",
    ],
    [`relatedWorks(ref: "${survey1}", by: CO_CITATION) { nodes { shared(first: -1) { title } } }`, null],
    [
      `relatedWorks(ref: "${left}", by: CO_CITATION) { nodes { shared(first: 101) { title } } }`,
      "`first` must be from 0 to 100, not 101.",
    ],
    [`commonReferences(refs: $many) { nodes { sharedBy } }`, "`refs.length` must be from 1 to 100, not 101."],
    [
      `commonReferences(refs: ["${self}"], minSharedBy: 0) { nodes { sharedBy } }`,
      "`minSharedBy` must be 1 or more, not 0.",
    ],
    ["topWorks(by: PAGERANK, first: 1001) { nodes { rank } }", "`first` must be from 0 to 1000, not 1001."],
    ["topWorks(by: CITED_BY_COUNT, first: -1) { nodes { rank } }", "`first` must be from 0 to 1000, not -1."],
  ])("checks the arguments of %s", async (field, message) => {
    const error = await errorOf(
      field.includes("$many") ? `query ($many: [String!]!) { ${field} }` : `{ ${field} }`,
      {
        many: Array.from({ length: 101 }, () => self),
      },
    );
    // Nothing is related to survey1, so `shared` is never executed.
    if (message === null) expect(error.code).toBeUndefined();
    else expect(error).toMatchObject({ code: "BAD_USER_INPUT", message });
  });
});

it("every citation query returns the graphVersion of status", async () => {
  const { status, ...answers } = await (clients.memory as Client).ask<
    Record<string, { graphVersion: string }>
  >(`{ status { graphVersion } citationGraph(roots: ["${self}"]) { graphVersion }
    citationPath(from: "${self}", to: "${left}") { graphVersion } reachableWorks(ref: "${self}") { graphVersion }
    relatedWorks(ref: "${left}", by: CO_CITATION, first: 1) { graphVersion }
    commonReferences(refs: ["${self}"], first: 1) { graphVersion }
    topWorks(by: PAGERANK, first: 1) { graphVersion }
    most: topWorks(by: CITED_BY_COUNT, first: 1) { graphVersion } }`);
  const { rows } = await database.pool.query<{ value: string }>(
    "SELECT coalesce(max(position), 0)::text AS value FROM graph_changes",
  );
  expect(status).toEqual({ graphVersion: rows[0]?.value });
  for (const answer of Object.values(answers)) expect(answer).toEqual(status);
  // Without a loaded graph the version is read from the tables.
  expect(await (clients.sql as Client).ask("{ status { graphVersion } }")).toEqual({ status });
});
