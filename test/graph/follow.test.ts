import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GraphOptions, type GraphService, questionNames, startGraph } from "../../src/graph/index.ts";
import { graphFeedLimits, recordGraphChanges, recordGraphReset } from "../../src/store/graph-feed.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { commitGraph, writeTables } from "./graph-tables.ts";
import { NaiveGraph, naiveAnswer } from "./naive.ts";
import {
  below,
  type EdgeListGraph,
  pick,
  type Random,
  randomGraph,
  randomOf,
  randomWorkId,
} from "./random-graph.ts";
import { comparable, randomQuestion } from "./random-question.ts";
import { changedGraph, changesBetween } from "./versions.ts";

let database: TestDatabase;
const services: GraphService[] = [];

/** Polls so seldom that only a notice, or a new connection, can be what wakes it. */
async function start(options: GraphOptions = {}): Promise<GraphService> {
  const graph = startGraph(database, { threads: 1, pollMilliseconds: 3_600_000, ...options });
  services.push(graph);
  await graph.loaded(AbortSignal.timeout(60_000));
  return graph;
}

const soon = () => AbortSignal.timeout(60_000);

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(async () => {
  await Promise.all(services.splice(0).map((graph) => graph.close()));
  await database.drop();
});

const nothing: EdgeListGraph = { works: [], edges: [] };

/** All that the service holds, told by its answers. */
async function expectHolds(graph: GraphService, { works, edges }: EdgeListGraph): Promise<void> {
  const held = await graph.neighbourhood({
    roots: works,
    direction: "BOTH",
    depth: 0,
    maxNodes: works.length,
  });
  const naive = new NaiveGraph({ works, edges });
  const input = { roots: works, direction: "BOTH", depth: 0, maxNodes: works.length } as const;
  expect(comparable("neighbourhood", held)).toEqual(naive.neighbourhood(input));
  const { vertices, edges: edgeCount } = graph.status();
  expect({ vertices, edgeCount }).toEqual({ vertices: naive.works.length, edgeCount: naive.edges.length });
}

describe("what is committed", () => {
  test("is followed from empty tables on, and folded in", async () => {
    const graph = await start({ foldBytes: 200 });
    const random = randomOf(11);
    let before = nothing;
    for (let step = 0; step < 60; step++) {
      const after = step % 20 === 19 ? randomGraph(random, 40) : changedGraph(random, before);
      const position = await commitGraph(database, before, after, { payloadBytes: 100 });
      await graph.reached(position, soon());
      await expectHolds(graph, after);
      before = after;
    }
    expect(graph.status()).toMatchObject({ loads: 1, lagPositions: 0, lagMilliseconds: 0 });
    expect(graph.status().folds).toBeGreaterThan(3);
  });

  test("is in memory as in the tables once the writer has stopped, and each answer was that of a version", async () => {
    const random = randomOf(12);
    let current = randomGraph(random, 30);
    const versions = new Map([["0", current]]);
    const client = await database.pool.connect();
    await writeTables(client, current);
    client.release();
    // The same questions on the event loop, in a thread, and in SQL.
    const asked = [
      await start({ foldBytes: 500 }),
      await start({ eventLoopMilliseconds: 0, foldBytes: 500 }),
      startGraph(database, { adjacency: "sql" }),
    ];
    services.push(asked[2] as GraphService);

    let isWriting = true;
    let last = 0n;
    const write = async () => {
      for (let step = 0; step < 80; step++) {
        const works = new Set(current.works);
        while (works.size < 15) works.add(randomWorkId(random));
        const after = changedGraph(random, { ...current, works: [...works] });
        last = await commitGraph(database, current, after, { payloadBytes: 64 });
        versions.set(last.toString(), after);
        current = after;
      }
      isWriting = false;
    };
    const answers: {
      name: (typeof questionNames)[number];
      input: unknown;
      answer: object;
      version: string;
    }[] = [];
    const read = async (graph: GraphService, seed: number) => {
      const readers = randomOf(seed);
      while (isWriting) {
        const { name, input } = randomQuestion(readers, pick(readers, questionNames), current.works);
        const ask = graph[name] as (input: unknown) => Promise<{ graphVersion: string }>;
        const { graphVersion, ...answer } = await ask(input);
        answers.push({ name, input, answer, version: graphVersion });
        // The event loop's own answers would leave no turn to anybody else.
        await new Promise(setImmediate);
      }
    };
    await Promise.all([write(), ...asked.map((graph, index) => read(graph, index))]);

    const seen = new Set(answers.map(({ version }) => version));
    expect(seen.size).toBeGreaterThan(20);
    // A sample of all: the naive implementation is slow.
    const every = Math.ceil(answers.length / 3000);
    for (const [index, { name, input, answer, version }] of answers.entries()) {
      if (index % every !== 0) continue;
      const graph = new NaiveGraph(versions.get(version) ?? nothing);
      expect(comparable(name, answer as never), `${name} at ${version}`).toEqual(
        naiveAnswer(graph, name, input as never),
      );
    }
    for (const graph of asked.slice(0, 2)) {
      await graph.reached(last, soon());
      await expectHolds(graph, current);
    }
  });
});

test("a transaction of more rows than are read at a time is one change", async () => {
  const graph = await start();
  const works = Array.from({ length: 200 }, (_, index) => BigInt(index));
  const edges = works.map((citing) => ({ citing, cited: (citing * 7n) % 200n, isAnchor: false }));
  const after = { works, edges };
  const position = await commitGraph(database, nothing, after, { payloadBytes: 24 });
  expect(position).toBeGreaterThan(150n);
  await graph.reached(1n, soon());
  expect(graph.status().graphVersion).toBe(position.toString());
  await expectHolds(graph, after);
});

describe("where the feed cannot be followed", () => {
  test("a reset loads the graph anew", async () => {
    const graph = await start();
    const after = randomGraph(randomOf(21), 20);
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await writeTables(client, after);
    await recordGraphReset(client, new Date().toISOString());
    await client.query("COMMIT");
    client.release();
    await graph.reached(1n, soon());
    expect(graph.status().loads).toBe(2);
    await expectHolds(graph, after);
    const next = changedGraph(randomOf(22), after);
    await graph.reached(await commitGraph(database, after, next), soon());
    await expectHolds(graph, next);
    expect(graph.status().loads).toBe(2);
  });

  test("a row that cannot be read loads the graph anew, and is left behind", async () => {
    const before = randomGraph(randomOf(23), 20);
    const graph = await start();
    await graph.reached(await commitGraph(database, nothing, before), soon());
    const after = grownGraph(randomOf(24), before);
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await writeTables(client, after);
    await recordGraphChanges(client, changesBetween(before, after), new Date().toISOString());
    await client.query(
      "UPDATE graph_changes SET payload = '\\x0900000001ffffffffffffffff' WHERE position = 2",
    );
    await client.query("COMMIT");
    client.release();
    await graph.reached(2n, soon());
    expect(graph.status().loads).toBe(2);
    await expectHolds(graph, after);
    const next = grownGraph(randomOf(25), after);
    await graph.reached(await commitGraph(database, after, next), soon());
    await expectHolds(graph, next);
    expect(graph.status().loads).toBe(2);
  });

  test("old rows are deleted, and who has not read them loads anew", async () => {
    const first = randomGraph(randomOf(31), 20);
    await commitGraph(database, nothing, first);
    const graph = await start();
    const random = randomOf(32);
    let before = first;
    // In one transaction: nobody can read a row before it is deleted.
    const client = await database.pool.connect();
    await client.query("BEGIN");
    for (let step = 0; step < 70; step++) {
      const after = grownGraph(random, before);
      const now = new Date().toISOString();
      await recordGraphChanges(client, changesBetween(before, after), now, {
        ...graphFeedLimits,
        keptRows: 3,
      });
      before = after;
    }
    await writeTables(client, before);
    const { rows } = await client.query("SELECT min(position)::int AS first FROM graph_changes");
    expect(rows[0].first).toBeGreaterThan(50);
    await client.query("COMMIT");
    client.release();
    await graph.reached(71n, soon());
    expect(graph.status().loads).toBe(2);
    await expectHolds(graph, before);
  });

  test("rows are deleted by their bytes as well; the newest never is", async () => {
    let before = nothing;
    for (let step = 0; step < 130; step++) {
      const after = { works: [BigInt(step)], edges: [] };
      await commitGraph(database, before, after, { keptBytes: 1 });
      before = after;
    }
    const { rows } = await database.pool.query(
      "SELECT min(position)::int AS first, max(position)::int AS last FROM graph_changes",
    );
    expect(rows[0]).toEqual({ first: 128, last: 130 });
  });
});

/** Ends all connections of the services, and waits for that. */
async function cutOff(): Promise<void> {
  const lost = await database.pool.query(
    "SELECT count(pg_terminate_backend(pid))::int AS lost FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()",
  );
  expect(lost.rows[0].lost).toBe(1);
}

/** Another graph that is not the same: one work more at least. */
function grownGraph(random: Random, graph: EdgeListGraph): EdgeListGraph {
  const { works, edges } = changedGraph(random, graph);
  return { works: [...works, BigInt(2 ** 40) + BigInt(below(random, 2 ** 40))], edges };
}

test("after a lost connection it listens again, and has what it missed", async () => {
  const graph = await start();
  let before = nothing;
  const random = randomOf(41);
  for (let step = 0; step < 3; step++) {
    await listening();
    await cutOff();
    const after = grownGraph(random, before);
    const position = await commitGraph(database, before, after);
    await graph.reached(position, soon());
    await expectHolds(graph, after);
    before = after;
  }
  expect(graph.status().loads).toBe(1);
});

/** Waits until somebody listens: the server tells no one, so it is asked. */
async function listening(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle' AND datname = current_database()",
    );
    if (rows.length > 0) return;
  }
}

test("a thread that dies fails its question alone, and is replaced", async () => {
  const workers: Worker[] = [];
  const note = (worker: Worker) => workers.push(worker);
  process.on("worker", note);
  const graph = await start({ eventLoopMilliseconds: 0 });
  const after = randomGraph(randomOf(51), 20);
  await graph.reached(await commitGraph(database, nothing, after), soon());
  await expectHolds(graph, after);
  // Loading, questions, analyses.
  expect(workers.length).toBe(3);
  for (const worker of workers.splice(0)) void worker.terminate();
  const asking = [
    graph.path({ from: 1n, to: 2n, direction: "BOTH", maxDepth: 3 }),
    graph.topWorks({ by: "PAGERANK", first: 1 }),
  ];
  for (const outcome of await Promise.allSettled(asking)) {
    expect(outcome).toMatchObject({
      status: "rejected",
      reason: {
        name: "GraphUnavailableError",
        message: "A thread of the citation graph ended unexpectedly.",
      },
    });
  }
  await expectHolds(graph, after);
  expect((await graph.topWorks({ by: "PAGERANK", first: 100 })).works.length).toBe(
    new NaiveGraph(after).works.length,
  );
  expect(workers.length).toBe(2);
  process.off("worker", note);
  const ended = workers.map((worker) => once(worker, "exit"));
  await graph.close();
  await Promise.all(ended);
});

test("closed in the moment that it is loaded, it gives every connection back", async () => {
  const graph = startGraph(database, { threads: 1 });
  // Its own callback: no turn lies between the graph's being there and its being closed.
  await graph.loaded(soon()).then(() => graph.close());
  expect(database.pool.totalCount).toBe(database.pool.idleCount);
});

test("what waits or runs ends with its asker, and leaves the thread to others", async () => {
  const random = randomOf(61);
  const works = Array.from({ length: 3000 }, () => randomWorkId(random));
  const edges = Array.from({ length: 60_000 }, () => ({
    citing: pick(random, works),
    cited: pick(random, works),
    isAnchor: false,
  }));
  const client = await database.pool.connect();
  await writeTables(client, { works, edges });
  client.release();
  const graph = await start({ eventLoopMilliseconds: 0 });
  const asker = new AbortController();
  const asking = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0
      ? graph.topWorks({ by: "PAGERANK", first: 5, within: works }, { signal: asker.signal })
      : graph.reachable({ roots: works, direction: "BOTH", maxDepth: 9 }, { signal: asker.signal }),
  );
  const settled = Promise.allSettled(asking);
  await new Promise(setImmediate);
  asker.abort(new Error("The asker has gone."));
  const outcomes = (await settled).filter(({ status }) => status === "rejected");
  expect(outcomes.length).toBeGreaterThan(15);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ reason: { message: "The asker has gone." } });
  expect(await graph.topWorks({ by: "PAGERANK", first: 1 })).toMatchObject({ truncated: false });
  // Time that is used up before a thread is free is used up.
  const none = await graph.reachable({ roots: works, direction: "BOTH", maxDepth: 9 }, { milliseconds: 0 });
  expect(none.truncated).toBe(true);
});

test("the graph is asked in SQL until it is loaded, and again where it was not", async () => {
  const after = randomGraph(randomOf(71), 20);
  await commitGraph(database, nothing, after);
  const graph = startGraph(database);
  services.push(graph);
  expect(graph.status().isLoaded).toBe(false);
  const input = { roots: after.works, direction: "BOTH", depth: 0, maxNodes: 100 } as const;
  const early = await graph.neighbourhood(input);
  await graph.loaded(soon());
  expect(graph.status()).toMatchObject({ isLoaded: true, graphVersion: early.graphVersion });
  expect(await graph.neighbourhood(input)).toEqual(early);
});

test("a graph that cannot be loaded anew says so, answers as before, and tries again", async () => {
  const before = grownGraph(randomOf(81), nothing);
  const told: unknown[] = [];
  const graph = await start({ onLoadError: (error) => told.push(error) });
  const position = await commitGraph(database, nothing, before);
  await graph.reached(position, soon());
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await client.query("INSERT INTO citations VALUES (1, 2, false)");
  await recordGraphReset(client, new Date().toISOString());
  await client.query("COMMIT");
  client.release();
  while (graph.status().loadError === null) await new Promise(setImmediate);
  expect(graph.status().loadError).toContain("refers to a work that does not exist");
  // Once for each try: the next notice or look makes another.
  expect(told.length).toBeGreaterThan(0);
  expect(graph.status()).toMatchObject({ isLoaded: true, graphVersion: position.toString() });
  expect(graph.status().lagMilliseconds).toBeGreaterThan(0);
  await expectHolds(graph, before);
  const after = grownGraph(randomOf(82), before);
  await graph.reached(await commitGraph(database, before, after), soon());
  expect(graph.status()).toMatchObject({ loadError: null, lagPositions: 0, lagMilliseconds: 0 });
  await expectHolds(graph, after);
});

test("a graph that cannot be loaded is asked in SQL, and tried again", async () => {
  const after: EdgeListGraph = { works: [1n, 2n], edges: [{ citing: 1n, cited: 2n, isAnchor: true }] };
  await commitGraph(database, nothing, { ...after, works: [1n] });
  const graph = startGraph(database, { threads: 1 });
  services.push(graph);
  while (graph.status().loadError === null) await new Promise(setImmediate);
  expect(graph.status()).toMatchObject({ isLoaded: false, graphVersion: null });
  expect(graph.status().loadError).toContain("refers to a work that does not exist");
  const input = { roots: [1n], direction: "REFERENCES", maxDepth: 3 } as const;
  expect(await graph.reachable(input)).toMatchObject({ counts: [1, 1], graphVersion: "1" });
  await commitGraph(database, { works: [1n], edges: [] }, after);
  await graph.loaded(soon());
  expect(graph.status()).toMatchObject({ isLoaded: true, loadError: null });
  await expectHolds(graph, after);
});
