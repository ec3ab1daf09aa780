import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type GraphOptions,
  type GraphService,
  graphQueryNames,
  startGraph,
  type WithGraphVersion,
} from "../../src/graph/index.ts";
import { appendGraphChanges, appendGraphReset, defaultGraphFeedLimits } from "../../src/store/graph-feed.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { commitGraph, writeCitations, writeTables } from "./graph-tables.ts";
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

/** Polls so rarely that only a notification or a new connection can wake it. */
async function start(options: GraphOptions = {}): Promise<GraphService> {
  const graph = startGraph(database, { threads: 1, pollMilliseconds: 3_600_000, ...options });
  services.push(graph);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
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

const emptyGraph: EdgeListGraph = { works: [], edges: [] };

/** Expects the service to have exactly these works and edges, by its answers. */
async function expectGraph(graph: GraphService, { works, edges }: EdgeListGraph): Promise<void> {
  const stored = await graph.neighbourhood({
    roots: works,
    direction: "BOTH",
    depth: 0,
    maxNodes: works.length,
  });
  const naive = new NaiveGraph({ works, edges });
  const input = { roots: works, direction: "BOTH", depth: 0, maxNodes: works.length } as const;
  expect(comparable("neighbourhood", stored)).toEqual(naive.neighbourhood(input));
  const { vertices, edges: edgeCount } = graph.status();
  expect({ vertices, edgeCount }).toEqual({ vertices: naive.works.length, edgeCount: naive.edges.length });
}

describe("committed changes", () => {
  test("are applied from empty tables on, and folded into the base", async () => {
    const graph = await start({ foldBytes: 200 });
    const random = randomOf(11);
    let before = emptyGraph;
    for (let step = 0; step < 60; step++) {
      const after = step % 20 === 19 ? randomGraph(random, 40) : changedGraph(random, before);
      const position = await commitGraph(database, before, after, { maxPayloadBytes: 100 });
      await graph.waitForPosition(position, soon());
      await expectGraph(graph, after);
      before = after;
    }
    expect(graph.status()).toMatchObject({ loads: 1, lagPositions: 0, lagMilliseconds: 0 });
    expect(graph.status().folds).toBeGreaterThan(3);
  });

  test("are all in memory once the writer stops, and each answer before is that of one version", async () => {
    const random = randomOf(12);
    let current = randomGraph(random, 30);
    const versions = new Map([["0", current]]);
    const client = await database.pool.connect();
    await writeTables(client, current);
    client.release();
    // Answers on the event loop, in a thread, and in SQL.
    const graphs = [
      await start({ foldBytes: 500 }),
      await start({ eventLoopMilliseconds: 0, foldBytes: 500 }),
      startGraph(database, { adjacency: "sql" }),
    ];
    services.push(graphs[2] as GraphService);

    let isWriting = true;
    let last = 0n;
    const write = async () => {
      for (let step = 0; step < 80; step++) {
        const works = new Set(current.works);
        while (works.size < 15) works.add(randomWorkId(random));
        const after = changedGraph(random, { ...current, works: [...works] });
        last = await commitGraph(database, current, after, { maxPayloadBytes: 64 });
        versions.set(last.toString(), after);
        current = after;
      }
      isWriting = false;
    };
    const answers: {
      name: (typeof graphQueryNames)[number];
      input: unknown;
      answer: object;
      version: string;
    }[] = [];
    const read = async (graph: GraphService, seed: number) => {
      const readers = randomOf(seed);
      while (isWriting) {
        const { name, input } = randomQuestion(readers, pick(readers, graphQueryNames), current.works);
        const ask = graph[name] as (input: unknown) => Promise<WithGraphVersion<object>>;
        const { graphVersion, summaries, ...answer } = await ask(input);
        if (summaries !== undefined) expect(String(summaries.position)).toBe(graphVersion);
        answers.push({ name, input, answer, version: graphVersion });
        // Answers on the event loop would otherwise starve the others.
        await new Promise(setImmediate);
      }
    };
    await Promise.all([write(), ...graphs.map((graph, index) => read(graph, index))]);

    const seen = new Set(answers.map(({ version }) => version));
    expect(seen.size).toBeGreaterThan(20);
    // A sample, because the naive implementation is slow.
    const every = Math.ceil(answers.length / 3000);
    for (const [index, { name, input, answer, version }] of answers.entries()) {
      if (index % every !== 0) continue;
      const graph = new NaiveGraph(versions.get(version) ?? emptyGraph);
      expect(comparable(name, answer as never), `${name} at ${version}`).toEqual(
        naiveAnswer(graph, name, input as never),
      );
    }
    for (const graph of graphs.slice(0, 2)) {
      await graph.waitForPosition(last, soon());
      await expectGraph(graph, current);
    }
  });
});

test("a transaction with more rows than are read at a time is applied as one change", async () => {
  const graph = await start();
  const works = Array.from({ length: 200 }, (_, index) => BigInt(index));
  const edges = works.map((citing) => ({ citing, cited: (citing * 7n) % 200n, isAnchor: false }));
  const after = { works, edges };
  const position = await commitGraph(database, emptyGraph, after, { maxPayloadBytes: 24 });
  expect(position).toBeGreaterThan(150n);
  await graph.waitForPosition(1n, soon());
  expect(graph.status().graphVersion).toBe(position.toString());
  await expectGraph(graph, after);
});

describe("the graph feed", () => {
  test("makes the graph load again after a reset", async () => {
    const graph = await start();
    const after = randomGraph(randomOf(21), 20);
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await writeTables(client, after);
    await appendGraphReset(client, new Date().toISOString());
    await client.query("COMMIT");
    client.release();
    await graph.waitForPosition(1n, soon());
    expect(graph.status().loads).toBe(2);
    await expectGraph(graph, after);
    const next = changedGraph(randomOf(22), after);
    await graph.waitForPosition(await commitGraph(database, after, next), soon());
    await expectGraph(graph, next);
    expect(graph.status().loads).toBe(2);
  });

  test("makes the graph load again after an unreadable row, which is then skipped", async () => {
    const before = randomGraph(randomOf(23), 20);
    const graph = await start();
    await graph.waitForPosition(await commitGraph(database, emptyGraph, before), soon());
    const after = grownGraph(randomOf(24), before);
    const client = await database.pool.connect();
    await client.query("BEGIN");
    await writeTables(client, after);
    await appendGraphChanges(client, changesBetween(before, after), new Date().toISOString());
    await client.query(
      "UPDATE graph_changes SET payload = '\\x0900000001ffffffffffffffff' WHERE position = 2",
    );
    await client.query("COMMIT");
    client.release();
    await graph.waitForPosition(2n, soon());
    expect(graph.status().loads).toBe(2);
    await expectGraph(graph, after);
    const next = grownGraph(randomOf(25), after);
    await graph.waitForPosition(await commitGraph(database, after, next), soon());
    await expectGraph(graph, next);
    expect(graph.status().loads).toBe(2);
  });

  test("makes the graph load again if rows were deleted before they were read", async () => {
    const first = randomGraph(randomOf(31), 20);
    await commitGraph(database, emptyGraph, first);
    const graph = await start();
    const random = randomOf(32);
    let before = first;
    // In one transaction, so that no row can be read before it is deleted.
    const client = await database.pool.connect();
    await client.query("BEGIN");
    for (let step = 0; step < 70; step++) {
      const after = grownGraph(random, before);
      const now = new Date().toISOString();
      await appendGraphChanges(client, changesBetween(before, after), now, {
        ...defaultGraphFeedLimits,
        maxRetainedRows: 3,
      });
      before = after;
    }
    await writeTables(client, before);
    const { rows } = await client.query("SELECT min(position)::int AS first FROM graph_changes");
    expect(rows[0].first).toBeGreaterThan(50);
    await client.query("COMMIT");
    client.release();
    await graph.waitForPosition(71n, soon());
    expect(graph.status().loads).toBe(2);
    await expectGraph(graph, before);
  });

  test("keeps its newest rows, even if they exceed its limit in bytes", async () => {
    let before = emptyGraph;
    for (let step = 0; step < 130; step++) {
      const after = { works: [BigInt(step)], edges: [] };
      await commitGraph(database, before, after, { maxRetainedBytes: 1 });
      before = after;
    }
    const { rows } = await database.pool.query(
      "SELECT min(position)::int AS first, max(position)::int AS last FROM graph_changes",
    );
    expect(rows[0]).toEqual({ first: 128, last: 130 });
  });
});

/** Terminates the services' listening connection. */
async function cutOff(): Promise<void> {
  const lost = await database.pool.query(
    "SELECT count(pg_terminate_backend(pid))::int AS lost FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()",
  );
  expect(lost.rows[0].lost).toBe(1);
}

/** A changed graph with at least one more work. */
function grownGraph(random: Random, graph: EdgeListGraph): EdgeListGraph {
  const { works, edges } = changedGraph(random, graph);
  return { works: [...works, BigInt(2 ** 40) + BigInt(below(random, 2 ** 40))], edges };
}

test("the graph listens again after a lost connection, and applies the missed changes", async () => {
  const graph = await start();
  let before = emptyGraph;
  const random = randomOf(41);
  for (let step = 0; step < 3; step++) {
    await listening();
    await cutOff();
    const after = grownGraph(random, before);
    const position = await commitGraph(database, before, after);
    await graph.waitForPosition(position, soon());
    await expectGraph(graph, after);
    before = after;
  }
  expect(graph.status().loads).toBe(1);
});

/** Polls until a session listens, for which there is no event. */
async function listening(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle' AND datname = current_database()",
    );
    if (rows.length > 0) return;
  }
}

test("a thread that dies fails only its own question, and is replaced", async () => {
  const workers: Worker[] = [];
  const note = (worker: Worker) => workers.push(worker);
  process.on("worker", note);
  const graph = await start({ eventLoopMilliseconds: 0 });
  const after = randomGraph(randomOf(51), 20);
  await graph.waitForPosition(await commitGraph(database, emptyGraph, after), soon());
  await expectGraph(graph, after);
  // One each for loading, questions and analyses.
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
  await expectGraph(graph, after);
  expect((await graph.topWorks({ by: "PAGERANK", first: 100 })).works.length).toBe(
    new NaiveGraph(after).works.length,
  );
  expect(workers.length).toBe(2);
  process.off("worker", note);
  const ended = workers.map((worker) => once(worker, "exit"));
  await graph.close();
  await Promise.all(ended);
});

test("a graph that is closed right after loading returns all connections", async () => {
  const graph = startGraph(database, { threads: 1 });
  // In the promise's callback: no turn of the event loop between loading and closing.
  await graph.waitUntilLoaded(soon()).then(() => graph.close());
  expect(database.pool.totalCount).toBe(database.pool.idleCount);
});

test("questions that wait or run end when their signal aborts, and free the thread for others", async () => {
  const random = randomOf(61);
  const works = Array.from({ length: 3000 }, () => randomWorkId(random));
  const edges = Array.from({ length: 60_000 }, () => ({
    citing: pick(random, works),
    cited: pick(random, works),
    isAnchor: false,
  }));
  const connection = await database.pool.connect();
  await writeTables(connection, { works, edges });
  connection.release();
  const graph = await start({ eventLoopMilliseconds: 0 });
  const client = new AbortController();
  const asking = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0
      ? graph.topWorks({ by: "PAGERANK", first: 5, within: works }, { signal: client.signal })
      : graph.reachable({ roots: works, direction: "BOTH", maxDepth: 9 }, { signal: client.signal }),
  );
  const settled = Promise.allSettled(asking);
  await new Promise(setImmediate);
  client.abort(new Error("The client has disconnected."));
  const outcomes = (await settled).filter(({ status }) => status === "rejected");
  expect(outcomes.length).toBeGreaterThan(15);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ reason: { message: "The client has disconnected." } });
  expect(await graph.topWorks({ by: "PAGERANK", first: 1 })).toMatchObject({ truncated: false });
  // The time limit includes waiting for a thread.
  const none = await graph.reachable({ roots: works, direction: "BOTH", maxDepth: 9 }, { milliseconds: 0 });
  expect(none.truncated).toBe(true);
});

test("the graph answers in SQL until it is loaded, and the same afterwards", async () => {
  const after = randomGraph(randomOf(71), 20);
  await commitGraph(database, emptyGraph, after);
  const graph = startGraph(database, { maxSummaryBytes: 0 });
  services.push(graph);
  expect(graph.status().isLoaded).toBe(false);
  const input = { roots: after.works, direction: "BOTH", depth: 0, maxNodes: 100 } as const;
  const early = await graph.neighbourhood(input);
  await graph.waitUntilLoaded(soon());
  expect(graph.status()).toMatchObject({ isLoaded: true, graphVersion: early.graphVersion });
  expect(await graph.neighbourhood(input)).toEqual(early);
});

test("a graph that cannot be loaded again reports the error, answers from the old version, and retries", async () => {
  const before = grownGraph(randomOf(81), emptyGraph);
  const errors: unknown[] = [];
  const graph = await start({ onLoadError: (error) => errors.push(error) });
  const position = await commitGraph(database, emptyGraph, before);
  await graph.waitForPosition(position, soon());
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await writeCitations(client, [{ citing: 1n, cited: 2n, isAnchor: false }]);
  await appendGraphReset(client, new Date().toISOString());
  await client.query("COMMIT");
  client.release();
  while (graph.status().loadError === null) await new Promise(setImmediate);
  expect(graph.status().loadError).toContain("refers to a work that does not exist");
  // Once for each attempt: the next notification or poll makes another.
  expect(errors.length).toBeGreaterThan(0);
  expect(graph.status()).toMatchObject({ isLoaded: true, graphVersion: position.toString() });
  expect(graph.status().lagMilliseconds).toBeGreaterThan(0);
  await expectGraph(graph, before);
  const after = grownGraph(randomOf(82), before);
  await graph.waitForPosition(await commitGraph(database, before, after), soon());
  expect(graph.status()).toMatchObject({ loadError: null, lagPositions: 0, lagMilliseconds: 0 });
  await expectGraph(graph, after);
});

test("a graph that cannot be loaded reports the error, answers in SQL, and retries", async () => {
  const after: EdgeListGraph = { works: [1n, 2n], edges: [{ citing: 1n, cited: 2n, isAnchor: true }] };
  await commitGraph(database, emptyGraph, { ...after, works: [1n] });
  const graph = startGraph(database, { threads: 1 });
  services.push(graph);
  while (graph.status().loadError === null) await new Promise(setImmediate);
  expect(graph.status()).toMatchObject({ isLoaded: false, graphVersion: null });
  expect(graph.status().loadError).toContain("refers to a work that does not exist");
  const input = { roots: [1n], direction: "REFERENCES", maxDepth: 3 } as const;
  expect(await graph.reachable(input)).toMatchObject({ counts: [1, 1], graphVersion: "1" });
  await commitGraph(database, { works: [1n], edges: [] }, after);
  await graph.waitUntilLoaded(soon());
  expect(graph.status()).toMatchObject({ isLoaded: true, loadError: null });
  await expectGraph(graph, after);
});
