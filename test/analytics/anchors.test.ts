import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anchorChainInSql, type GraphService, startGraph } from "../../src/graph/index.ts";

import { workIdOf } from "../../src/row-rules/index.ts";
import { type Client, createClient } from "../api/client.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { fill, hostileTitles } from "../export/library.ts";

let database: TestDatabase;
let graph: GraphService;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  graph = startGraph(database);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  client = createClient(database, graph);
});
afterAll(async () => {
  await graph.close();
  await database.drop();
});

type Ranked = { rank: number; score: number; work: { arxivId: string | null; doi: string | null } };
const anchoring = async (given: string) =>
  (
    await client.ask<{ topAnchors: { nodes: Ranked[] } }>(
      `{ topAnchors${given} { graphVersion truncated nodes { rank score work { arxivId doi } } } }`,
    )
  ).topAnchors.nodes;
const names = (works: Ranked[]) => works.map(({ work }) => work.arxivId ?? work.doi);

describe("topAnchors", () => {
  test("counts the works of a field that are anchored in each work of any field", async () => {
    const all = await anchoring("(first: 100)");
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(DISTINCT citing_work)::int AS count FROM analytics.citations
       WHERE is_internal_anchor GROUP BY cited_work ORDER BY 1 DESC`,
    );
    expect(all.map(({ score }) => score)).toEqual(rows.map(({ count }) => count));
    // The fourth paper of hep-th is anchored in the first of gr-qc.
    const field = await anchoring('(filter: { categories: ["hep-th"], yearTo: 2018 }, first: 100)');
    expect(names(field).sort()).toEqual(["2301.00003", "2301.00004"]);
  });

  test("ranks by PageRank within the field, along anchors only", async () => {
    const ranked = await anchoring('(by: PAGERANK, filter: { categories: ["hep-th"] }, first: 10)');
    // In a chain each passes its rank on, so the last ranks first.
    expect(names(ranked)).toEqual(["2301.00003", "2301.00002", "2301.00001", "2301.00000"]);
    expect(ranked.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 6);
    const [{ score: last = 0 } = {}, { score: before = 0 } = {}] = ranked;
    expect(last).toBeGreaterThan(before);
  });
});

describe("anchorChain", () => {
  const chain = async (given: string) =>
    (
      await client.ask<{ anchorChain: { length: number; works: Ranked["work"][] } | null }>(
        `{ anchorChain(${given}) { length truncated graphVersion works { arxivId doi } } }`,
      )
    ).anchorChain;

  test("returns the longest chain back in time", async () => {
    const found = await chain('from: "2301.00000"');
    expect(found?.length).toBe(hostileTitles.length - 1);
    expect(found?.works.map(({ arxivId }) => arxivId)).toEqual(
      hostileTitles.map((_, index) => `2301.0000${index}`),
    );
  });

  test("ends at `to`, is null without a chain, and rejects an unknown work with NOT_FOUND", async () => {
    expect(await chain('from: "2301.00001", to: "2301.00003"')).toMatchObject({ length: 2 });
    expect(await chain('from: "2301.00003", to: "2301.00001"')).toBeNull();
    expect(await chain('from: "2301.00005"')).toMatchObject({
      length: 0,
      works: [{ arxivId: "2301.00005" }],
    });
    const [error] = await client.errors('{ anchorChain(from: "9999.99999") { length } }');
    expect(error?.extensions["code"]).toBe("NOT_FOUND");
  });

  const works = hostileTitles.map((_, index) => workIdOf(`arxiv:2301.0000${index}`));
  const [from = 0n] = works;

  test("is truncated when its budget of edges is used up", async () => {
    const all = await anchorChainInSql(database.pool, { from, to: null }, {});
    expect(all).toMatchObject({ workIds: works, truncated: false });
    const cut = await anchorChainInSql(database.pool, { from, to: null }, { edges: 2 });
    expect(cut).toMatchObject({ workIds: works.slice(0, 2), truncated: true });
  });

  test("is truncated before works whose time could not be read in time", async () => {
    const { pool } = database;
    const { connect } = pool;
    let reads = 0;
    pool.connect = (async () => {
      const connection = await Reflect.apply(connect, pool, []);
      const { query } = connection;
      connection.query = (async (...args: unknown[]) => {
        // As PostgreSQL reports a statement timeout, while reading the papers of the second level.
        const isLate = /FROM papers/.test((args[0] as pg.QueryConfig).text ?? "") && ++reads === 3;
        if (isLate) throw Object.assign(new Error("canceled"), { code: "57014" });
        return Reflect.apply(query, connection, args);
      }) as typeof connection.query;
      return connection;
    }) as typeof pool.connect;
    try {
      const cut = await anchorChainInSql(pool, { from, to: null }, { milliseconds: 60_000 });
      expect(cut).toMatchObject({ workIds: works.slice(0, 2), truncated: true });
    } finally {
      pool.connect = connect;
    }
  });
});

test("anchorClaims returns the claims of the papers that a work is anchored in, with their provenance", async () => {
  const { anchorClaims } = await client.ask<{
    anchorClaims: {
      totalCount: number;
      nodes: { text: string; provenance: { proof: string }; paper: { title: string } }[];
    };
  }>(
    '{ anchorClaims(ref: "2301.00002") { totalCount nodes { text provenance { proof } paper { title } } } }',
  );
  expect(anchorClaims).toEqual({
    totalCount: 1,
    nodes: [
      {
        text: `${hostileTitles[3]} holds`,
        provenance: { proof: "SIGNED" },
        paper: { title: hostileTitles[3] },
      },
    ],
  });
  const none = await client.ask('{ anchorClaims(ref: "2301.00002", kinds: [HEADLINE]) { totalCount } }');
  expect(none).toEqual({ anchorClaims: { totalCount: 0 } });
  const [error] = await client.errors('{ anchorClaims(ref: "9999.99999") { totalCount } }');
  expect(error?.extensions["code"]).toBe("NOT_FOUND");
});

test("papers(filter: { isAnchor: }) separates papers that are anchors from those that are not", async () => {
  const titles = async (isAnchor: boolean) =>
    (
      await client.ask<{ papers: { totalCount: number; nodes: { source: { identifier: string } }[] } }>(
        `{ papers(filter: { isAnchor: ${isAnchor} }, orderBy: SUBMITTED_DESC) { totalCount nodes { source { identifier } } } }`,
      )
    ).papers;
  expect(await titles(false)).toMatchObject({
    totalCount: 1,
    nodes: [{ source: { identifier: "2301.00000" } }],
  });
  expect(await titles(true)).toMatchObject({ totalCount: hostileTitles.length - 1 });
});

test("anchorStats returns the anchorRate of each year", async () => {
  const { anchorStats } = await client.ask<{ anchorStats: { group: string; anchorRate: number }[] }>(
    "{ anchorStats(groupBy: YEAR) { group anchorRate } }",
  );
  expect(anchorStats).toHaveLength(hostileTitles.length);
  expect(anchorStats.find(({ group }) => group === "2020")?.anchorRate).toBeCloseTo(2 / 4);
});
