import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GraphUnavailableError, graphQueryNames, startGraph } from "../../src/graph/index.ts";
import { querySql } from "../../src/graph/sql-graph.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { writeTables } from "./graph-tables.ts";
import { NaiveGraph, naiveAnswer } from "./naive.ts";
import { below, type EdgeListGraph, type Random, randomGraph, randomOf } from "./random-graph.ts";
import { comparable, randomQuestion } from "./random-question.ts";

let database: TestDatabase;
/** All in one database, with disjoint works. */
const graphs: EdgeListGraph[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const random = randomOf(1);
  while (graphs.length < 150) graphs.push(withOwnWorks(random, graphs.length, randomGraph(random)));
  const all = { works: graphs.flatMap(({ works }) => works), edges: graphs.flatMap(({ edges }) => edges) };
  const client = await database.pool.connect();
  await writeTables(client, all);
  client.release();
});

afterAll(() => database.drop());

function withOwnWorks(random: Random, number: number, { works, edges }: EdgeListGraph): EdgeListGraph {
  const ids = new Map<bigint, bigint>();
  const own = (work: bigint) => {
    const id = ids.get(work) ?? (BigInt(below(random, 2 ** 31)) << 32n) + BigInt(number * 1000 + ids.size);
    ids.set(work, id);
    return id;
  };
  return {
    works: works.map(own),
    edges: edges.map((edge) => ({ ...edge, citing: own(edge.citing), cited: own(edge.cited) })),
  };
}

describe("in SQL, on random graphs", () => {
  test.each(graphQueryNames)("%s answers like the naive implementation", async (name) => {
    for (const [index, graph] of graphs.entries()) {
      const random = randomOf(index);
      const naive = new NaiveGraph(graph);
      for (let round = 0; round < 2; round++) {
        const question = randomQuestion(random, name, graph.works);
        const { result } = await querySql(database.pool, question.name, question.input, {});
        expect(comparable(name, result), `graph ${index}`).toEqual(
          naiveAnswer(naive, question.name, question.input),
        );
      }
    }
  });

  test("topWorks by citations equals the naive implementation's", async () => {
    const graph = startGraph(database, { adjacency: "sql" });
    const works = graphs.flatMap((each) => each.works);
    const naive = new NaiveGraph({ works, edges: graphs.flatMap(({ edges }) => edges) });
    const expected = naive.mostCitedFirst(works);
    const { works: top } = await graph.topWorks({ by: "CITED_BY_COUNT", first: 10 });
    expect(top.map(({ workId }) => workId)).toEqual(expected.slice(0, 10));
    const among = expected.slice(20, 40);
    const { works: listed } = await graph.topWorks({ by: "CITED_BY_COUNT", first: 5, among });
    expect(listed.map(({ workId }) => workId)).toEqual(among.slice(0, 5));
    await graph.close();
  });
});

describe("a budget in SQL", () => {
  const largest = () => graphs.reduce((a, b) => (b.edges.length > a.edges.length ? b : a));

  test("of edges or vertices truncates the answer, which reports it", async () => {
    const { works } = largest();
    const roots = works.slice(0, 4);
    const input = { roots, direction: "BOTH", depth: 9, maxNodes: 100 } as const;
    const complete = await querySql(database.pool, "neighbourhood", input, {});
    expect(complete.result.truncated).toBe(false);
    const read = complete.result.edges.citing.length;
    for (const budget of [{ edges: 2 }, { edges: 0 }, { vertices: 2 }, { edges: read }]) {
      const { result } = await querySql(database.pool, "neighbourhood", input, budget);
      expect(result.truncated, JSON.stringify(budget)).toBe(true);
    }
    const { result } = await querySql(
      database.pool,
      "reachable",
      { roots, direction: "BOTH", maxDepth: 9 },
      { vertices: 2 },
    );
    expect(result).toEqual({ counts: [2], truncated: true });
  });

  test("of time, or an aborted signal, ends a statement that waits for a lock", async () => {
    const work = largest().works[0] as bigint;
    const input = { roots: [work], direction: "BOTH", depth: 3, maxNodes: 10 } as const;
    const locker = await database.pool.connect();
    await locker.query("BEGIN");
    await locker.query('LOCK TABLE "references" IN ACCESS EXCLUSIVE MODE');
    try {
      const { result } = await querySql(database.pool, "neighbourhood", input, { milliseconds: 60 });
      expect(result).toMatchObject({ workIds: BigUint64Array.of(work), truncated: true });

      const client = new AbortController();
      const asking = querySql(database.pool, "neighbourhood", input, { signal: client.signal });
      client.abort(new Error("The client has disconnected."));
      await expect(asking).rejects.toThrow("The client has disconnected.");
    } finally {
      await locker.query("ROLLBACK");
      locker.release();
    }
    const { result } = await querySql(database.pool, "neighbourhood", input, { milliseconds: 60_000 });
    expect(result.truncated).toBe(false);
  });
});

test("PageRank, anchors and waitUntilLoaded() reject with GraphUnavailableError in SQL", async () => {
  const graph = startGraph(database, { adjacency: "sql" });
  for (const asking of [
    graph.topWorks({ by: "PAGERANK", first: 1 }),
    graph.topWorks({ by: "CITED_BY_COUNT", first: 1, anchorsOnly: true }),
    graph.waitUntilLoaded(),
  ]) {
    await expect(asking).rejects.toThrow(GraphUnavailableError);
  }
  expect(graph.status()).toMatchObject({ adjacency: "sql", isLoaded: false, graphVersion: null });
  await graph.close();
  await expect(graph.path({ from: 1n, to: 2n, direction: "BOTH", maxDepth: 1 })).rejects.toThrow(
    "was closed",
  );
});
