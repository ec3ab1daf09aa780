import { EventEmitter, once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Budget, type GraphService, GraphUnavailableError, startGraph } from "../../src/graph/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { ingestCitations, left, right, self, survey1 } from "./fixtures/citations.ts";
import { documentOf, referenceOf } from "./fixtures/documents.ts";
import { ingestTexts } from "./fixtures/library.ts";

/* Requests to a graph that answers late, in part, or not at all. */
let database: TestDatabase;
let tables: GraphService;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestCitations(database);
  tables = startGraph(database, { adjacency: "sql" });
});
afterAll(async () => {
  await tables.close();
  await database.drop();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The graph in SQL, with some methods replaced. */
function graphWith(changes: Partial<GraphService>): Client {
  return createClient(database, { ...tables, ...changes });
}

const memory = (status: Partial<ReturnType<GraphService["status"]>>) => ({
  status: () => ({ ...tables.status(), adjacency: "memory" as const, ...status }),
});

const codeOf = async (client: Client, source: string) => {
  const [error] = await client.errors(source);
  return { code: error?.extensions["code"], message: error?.message };
};

describe("an answer that the budget cuts short", () => {
  const short = { truncated: true, graphVersion: "7" };

  it("is marked as truncated by citationGraph, reachableWorks and relatedWorks", async () => {
    const client = graphWith({
      neighbourhood: async (input, budget) => ({ ...(await tables.neighbourhood(input, budget)), ...short }),
      reachable: async () => ({ counts: [1, 2], ...short }),
      relatedWorks: async (input, budget) => ({ ...(await tables.relatedWorks(input, budget)), ...short }),
    });
    expect(
      await client.ask(`{ citationGraph(roots: ["${self}"]) { truncated graphVersion nodeCount }
        reachableWorks(ref: "${self}") { truncated total }
        relatedWorks(ref: "${survey1}", by: BIBLIOGRAPHIC_COUPLING, first: 1) { truncated nodes { sharedCount } } }`),
    ).toEqual({
      citationGraph: { ...short, nodeCount: 3 },
      reachableWorks: { truncated: true, total: 3 },
      relatedWorks: { truncated: true, nodes: [{ sharedCount: 2 }] },
    });
  });

  it("is marked as truncated even if its list is empty", async () => {
    const client = graphWith({ relatedWorks: async () => ({ related: [], ...short }) });
    expect(
      await client.ask(
        `{ relatedWorks(ref: "${self}", by: CO_CITATION) { truncated graphVersion nodes { score } } }`,
      ),
    ).toEqual({ relatedWorks: { ...short, nodes: [] } });
  });

  it("is QUERY_TOO_COMPLEX for citationPath, where null would mean that there is no path", async () => {
    const client = graphWith({ path: async () => ({ workIds: null, ...short }) });
    const path = await codeOf(client, `{ citationPath(from: "${self}", to: "${right}") { length } }`);
    expect(path.code).toBe("QUERY_TOO_COMPLEX");
    expect(path.message).toContain("maxDepth");
  });

  it("counts against one time budget for all graph queries of a request", async () => {
    const given: number[] = [];
    vi.useFakeTimers({ toFake: ["performance"] });
    const client = graphWith({
      reachable: async (input, budget) => {
        given.push(budget?.milliseconds ?? 0);
        vi.advanceTimersByTime(1_500);
        return { counts: [input.roots.length], truncated: false, graphVersion: "1" };
      },
    });
    const fields = ["a", "b", "c"].map((alias) => `${alias}: reachableWorks(ref: "${self}") { total }`);
    await client.ask(`{ ${fields.join(" ")} }`);
    expect(given).toEqual([2_000, 500, 0]);
  });
});

describe("works that disappear during a query", () => {
  it("are left out of citationGraph, with their edges", async () => {
    const client = graphWith({
      neighbourhood: async (input, budget) => {
        const answer = await tables.neighbourhood(input, budget);
        const workIds = answer.workIds.slice();
        workIds[1] = 1n;
        return { ...answer, workIds };
      },
    });
    const { citationGraph } = await client.ask<{
      citationGraph: { nodes: { work: { arxivId: string | null } }[]; edges: unknown[] };
    }>(`{ citationGraph(roots: ["${self}"]) { nodes { work { arxivId } } edges { cited { id } } } }`);
    expect(citationGraph.nodes.map(({ work }) => work.arxivId)).toEqual([self, null]);
    expect(citationGraph.edges).toHaveLength(2);
  });

  it("make citationPath search again once, and then fail with GRAPH_UNAVAILABLE", async () => {
    let calls = 0;
    const catchUp = vi.fn(async () => {});
    const client = graphWith({
      catchUp,
      path: async (input, budget) => {
        const answer = await tables.path(input, budget);
        calls++;
        return calls === 1 ? { ...answer, workIds: [input.from, 1n, input.to] } : answer;
      },
    });
    const source = `{ citationPath(from: "${self}", to: "${right}") { works { arxivId } } }`;
    expect(await client.ask(source)).toEqual({
      citationPath: { works: [self, left, right].map((arxivId) => ({ arxivId })) },
    });
    expect(catchUp).toHaveBeenCalledOnce();
    const never = graphWith({
      catchUp,
      path: async (input, budget) => ({ ...(await tables.path(input, budget)), workIds: [input.from, 1n] }),
    });
    expect((await codeOf(never, source)).code).toBe("GRAPH_UNAVAILABLE");
  });

  it("make the graph catch up before it answers when a root is unknown in memory", async () => {
    let isCaughtUp = false;
    const client = graphWith({
      catchUp: async () => {
        isCaughtUp = true;
      },
      neighbourhood: (input, budget) =>
        tables.neighbourhood(isCaughtUp ? input : { ...input, roots: input.roots.slice(1) }, budget),
    });
    const source = `{ citationGraph(roots: ["${self}", "${left}"], depth: 0) { nodes { work { arxivId } } } }`;
    expect(await client.ask(source)).toEqual({
      citationGraph: { nodes: [self, left].map((arxivId) => ({ work: { arxivId } })) },
    });
  });
});

describe("an unavailable graph", () => {
  const ranks = "{ topWorks(by: PAGERANK) { nodes { rank } } }";

  it("is reported with GRAPH_UNAVAILABLE", async () => {
    const client = graphWith({
      reachable: async () => {
        throw new GraphUnavailableError("A thread ended.");
      },
    });
    expect(await codeOf(client, `{ reachableWorks(ref: "${self}") { total } }`)).toEqual({
      code: "GRAPH_UNAVAILABLE",
      message: "A thread ended. Try again shortly.",
    });
  });

  it("is awaited while it is loaded", async () => {
    const loaded = vi.fn(async () => {});
    const client = graphWith({
      ...memory({ isLoaded: false }),
      waitUntilLoaded: loaded,
      topWorks: async () => ({ works: [], truncated: false, graphVersion: "1" }),
    });
    expect(await client.ask(ranks)).toEqual({ topWorks: { nodes: [] } });
    expect(loaded).toHaveBeenCalledOnce();
  });

  it("is awaited up to a limit, then reported with GRAPH_UNAVAILABLE", async () => {
    const expired = AbortSignal.abort(new DOMException("", "TimeoutError"));
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(expired);
    const client = graphWith({
      ...memory({ isLoaded: false }),
      waitUntilLoaded: async (signal) => signal?.throwIfAborted(),
    });
    const found = await codeOf(client, ranks);
    timeout.mockRestore();
    expect(found).toEqual({
      code: "GRAPH_UNAVAILABLE",
      message: "The citation graph is still loading. Try again shortly.",
    });
  });

  it("answers from the tables while it is loaded, and not after it is closed", async () => {
    const loading = startGraph(database);
    const client = createClient(database, loading);
    const source = `{ reachableWorks(ref: "${self}") { total } status { graphVersion } }`;
    const first = await client.ask(source);
    await loading.waitUntilLoaded(AbortSignal.timeout(60_000));
    expect(await client.ask(source)).toEqual(first);
    await loading.close();
    expect((await codeOf(client, source)).code).toBe("GRAPH_UNAVAILABLE");
  });
});

it("a paper ingested while the graph follows is in the next answers", async () => {
  const follower = startGraph(database);
  await follower.waitUntilLoaded(AbortSignal.timeout(60_000));
  const client = createClient(database, follower);
  const arxivId = "2501.00007";
  const late = documentOf({
    arxivId,
    submittedAt: "2027-01-01T00:00:00Z",
    title: "A late paper",
    references: [referenceOf(1, { arxivId: survey1 })],
  });
  await ingestTexts(database, [late.text]);
  // Without waiting for the notification: a root that is not in memory makes the graph catch up.
  const { citationGraph, status } = await client.ask<{
    citationGraph: { nodes: { work: { arxivId: string } }[]; graphVersion: string };
    status: { graphVersion: string };
  }>(
    `{ citationGraph(roots: ["${arxivId}"]) { graphVersion nodes { work { arxivId } } } status { graphVersion } }`,
  );
  expect(citationGraph.nodes.map(({ work }) => work.arxivId)).toEqual([arxivId, survey1]);
  expect(follower.status().graphVersion).toBe(citationGraph.graphVersion);
  expect(Number(status.graphVersion)).toBeLessThanOrEqual(Number(citationGraph.graphVersion));
  await follower.close();
});

describe("a graph query over HTTP", () => {
  let server: RunningServer;
  const logged: unknown[] = [];
  const queries = new EventEmitter();

  beforeAll(async () => {
    const graph: GraphService = {
      ...tables,
      reachable: (_input, budget = {}) => {
        queries.emit("reachable", budget);
        return new Promise((_resolve, reject) => {
          budget.signal?.addEventListener("abort", () => reject(budget.signal?.reason));
        });
      },
      relatedWorks: async () => {
        throw new Error("A secret of the inside.");
      },
    };
    const app = createApp({ database, graph, logError: (_message, error) => logged.push(error) });
    server = await startServer({ app, port: 0, host: "127.0.0.1" });
  });
  afterAll(() => server.close());

  const post = (query: string, signal?: AbortSignal) =>
    fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
      ...(signal && { signal }),
    });

  it("is cancelled without a log entry when the client disconnects", async () => {
    const leaving = new AbortController();
    const query = once(queries, "reachable") as Promise<[Budget]>;
    const answer = post(`{ reachableWorks(ref: "${self}") { total } }`, leaving.signal);
    const [{ signal }] = await query;
    if (signal === undefined) throw new Error("The query has no signal.");
    const ended = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await ended;
    // Answered after the remaining work of the first request.
    await (await post("{ status { papers } }")).json();
    expect(logged).toEqual([]);
  });

  it("masks an unexpected error as INTERNAL_SERVER_ERROR, and logs it", async () => {
    const response = await post(`{ relatedWorks(ref: "${self}", by: CO_CITATION) { nodes { score } } }`);
    const text = await response.text();
    expect(JSON.parse(text).errors[0].extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(text).not.toContain("secret");
    expect(logged).toHaveLength(1);
  });
});
