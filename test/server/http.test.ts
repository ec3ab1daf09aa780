import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGraph } from "../../src/graph/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
let server: RunningServer;
const logged: { message: string; error: unknown }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  const app = createApp({
    database,
    maximumBodySize: 20_000,
    logError: (message, error) => logged.push({ message, error }),
  });
  server = await startServer({ app, port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

type Body = {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions: { code: string } }[];
};

async function post(
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ response: Response; body: Body }> {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { response, body: (await response.json()) as Body };
}

async function codeOf(query: string, variables?: object): Promise<string | undefined> {
  return (await post({ query, variables })).body.errors?.[0]?.extensions.code;
}

describe("/graphql", () => {
  it("answers queries by POST and GET", async () => {
    const query = '{ paper(ref: "2302.12192") { shortPithNumber } }';
    const data = { paper: { shortPithNumber: "pith:ROU4N4IR" } };
    expect((await post({ query })).body).toEqual({ data });
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    expect(await response.json()).toEqual({ data });
  });

  it("sends canonicalRecord in its canonical form, also beside errors", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: '{ paper(ref: "2302.12192") { canonicalRecord } broken: paper(ref: "?") { title } }',
      }),
    });
    const text = await response.text();
    expect(text).toContain('"source":{"id":"2302.12192","kind":"arxiv","version":1}');
    expect(JSON.parse(text).errors[0].extensions.code).toBe("BAD_USER_INPUT");
  });

  it("shows GraphiQL to browsers", async () => {
    const response = await fetch(`${server.url}/graphql`, { headers: { accept: "text/html" } });
    expect(response.headers.get("content-type")).toContain("text/html");
    expect(await response.text()).toContain("assets/start-graphiql-");
  });

  it.each([
    ["a query that cannot be parsed", "{", "GRAPHQL_PARSE_FAILED"],
    ["an unknown field", "{ nothing }", "GRAPHQL_VALIDATION_FAILED"],
    ["a page that is too large", "{ papers(first: 1000) { totalCount } }", "BAD_USER_INPUT"],
    ["an unreadable ref", '{ paper(ref: "?") { title } }', "BAD_USER_INPUT"],
    ["a missing variable", "query ($ref: String!) { paper(ref: $ref) { title } }", "BAD_USER_INPUT"],
    ["too many tokens", `{ ${"a:id ".repeat(3000)} }`, "QUERY_TOO_COMPLEX"],
    [
      "fields too deep",
      `{ papers { nodes { ${"work { paper { ".repeat(10)} title ${"} } ".repeat(10)} } } }`,
      "QUERY_TOO_COMPLEX",
    ],
  ])("rejects %s with its code", async (_name, query, code) => {
    expect(await codeOf(query)).toBe(code);
  });

  it("accepts the complete introspection query", async () => {
    const { getIntrospectionQuery } = await import("graphql");
    const { body } = await post({ query: getIntrospectionQuery() });
    expect(body.errors).toBeUndefined();
  });

  it("rejects 2^30 nested fragments and cyclic ones without expanding them", async () => {
    const fragments = Array.from(
      { length: 30 },
      (_, index) => `fragment f${index} on Paper { ...f${index + 1} a: title ...f${index + 1} }`,
    );
    const query = `{ papers { nodes { ...f0 } } } ${fragments.join(" ")} fragment f30 on Paper { title }`;
    // Thirty levels, each of which doubles the one below.
    expect(await codeOf(query)).toBe("QUERY_TOO_COMPLEX");
    expect(await codeOf("{ papers { nodes { ...a } } } fragment a on Paper { ...a }")).toBe(
      "GRAPHQL_VALIDATION_FAILED",
    );
  });

  it("answers 400 to batches and invalid JSON, and 413 to a body that is too large", async () => {
    const batch = await post([{ query: "{ status { papers } }" }]);
    expect(batch.response.status).toBe(400);
    const large = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `# ${"x".repeat(30_000)}\n{ status { papers } }` }),
    });
    expect(large.status).toBe(413);
    const broken = await post("{", { accept: "application/graphql-response+json" });
    expect(broken.response.status).toBe(400);
    expect(broken.body.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(logged).toEqual([]);
  });

  it("allows all origins to read, and none to send credentials", async () => {
    const { response } = await post({ query: "{ status { papers } }" }, { origin: "https://example.org" });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("masks an internal error as INTERNAL_SERVER_ERROR, and logs it once", async () => {
    await database.pool.query("ALTER TABLE claims RENAME TO claims_elsewhere");
    try {
      const { response, body } = await post({ query: "{ claims { nodes { text } } status { papers } }" });
      expect(body.errors).toHaveLength(1);
      expect(body.errors?.[0]).toMatchObject({
        message: "Internal server error.",
        path: ["claims", "nodes"],
        extensions: { code: "INTERNAL_SERVER_ERROR" },
      });
      expect(JSON.stringify(body)).not.toContain("claims_elsewhere");
      expect(JSON.stringify(body)).not.toMatch(/select|stack|node_modules/i);
      expect(response.status).toBe(200);
      expect(logged).toHaveLength(1);
      expect(logged[0]?.message).toBe("a request failed at claims.nodes");
    } finally {
      await database.pool.query("ALTER TABLE claims_elsewhere RENAME TO claims");
    }
  });
});

describe("routes besides /graphql", () => {
  it("serve a page at / and the state of the graph at /health", async () => {
    const home = await fetch(server.url);
    expect(home.headers.get("content-type")).toContain("text/html");
    const health = await fetch(`${server.url}/health`);
    const graph = {
      adjacency: "sql",
      isLoaded: false,
      graphVersion: null,
      lagPositions: 0,
      lagMilliseconds: 0,
      loadFailed: false,
    };
    expect([health.status, await health.json()]).toEqual([200, { status: "ok", graph }]);
  });

  it("answer HEAD without a body", async () => {
    for (const path of ["/", "/health"]) {
      const response = await fetch(`${server.url}${path}`, { method: "HEAD" });
      expect(response.status).toBe(200);
      expect(Number(response.headers.get("content-length"))).toBeGreaterThan(0);
      expect(await response.text()).toBe("");
    }
  });

  it("answer 404 NOT_FOUND to unknown paths, and 405 with Allow to other methods", async () => {
    for (const path of ["/nothing", "/graphql/x", "/__proto__", "//", "/%2e%2e/etc"]) {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
    }
    for (const [path, method] of [
      ["/", "POST"],
      ["/health", "DELETE"],
      ["/graphql", "PUT"],
      ["/graphql", "HEAD"],
    ] as const) {
      const response = await fetch(`${server.url}${path}`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toContain("GET");
    }
  });

  it("/ready answers 503 and names the part that is not ready", async () => {
    const ready = { status: "ready", service: "running", database: "answers", migrations: "current" };
    expect(await readiness(server.url)).toEqual([200, { ...ready, graph: "in SQL", writing: "free" }]);

    const away = await createTestDatabase();
    await away.drop();
    const app = createApp({ database: away });
    const other = await startServer({ app, port: 0, host: "127.0.0.1" });
    expect(await readiness(other.url)).toEqual([
      503,
      {
        status: "not ready",
        service: "running",
        database: "does not answer",
        migrations: "unknown",
        graph: "in SQL",
        writing: "unknown",
      },
    ]);
    // The process is healthy: restarting it would not bring the database back.
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
    await other.close();
  });

  it("readiness is false while the graph is loading, migrations are missing, or the server stops", async () => {
    const behind = await createTestDatabase();
    const loading = { ...startGraph(behind, { adjacency: "sql" }) };
    const status = { ...loading.status(), adjacency: "memory" as const };
    const app = createApp({ database: behind, graph: { ...loading, status: () => status } });
    expect((await app.readiness()).parts.graph).toBe("loading");
    await behind.pool.query(
      "DELETE FROM drizzle.__drizzle_migrations WHERE created_at = (SELECT max(created_at) FROM drizzle.__drizzle_migrations)",
    );
    const later = createApp({ database: behind });
    expect(await later.readiness()).toMatchObject({ isReady: false, parts: { migrations: "behind" } });
    later.beginStop();
    expect(await later.readiness()).toMatchObject({ isReady: false, parts: { service: "stopping" } });
    // Tables that a newer version has migrated are served, so that instances can be upgraded one by one.
    await behind.pool.query(
      "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9999999999999)",
    );
    const older = createApp({ database: behind });
    expect(await older.readiness()).toMatchObject({ isReady: true, parts: { migrations: "ahead" } });
    await Promise.all([app.close(), later.close(), older.close()]);
    await behind.drop();
  });

  it("answer with X-Request-Id: the client's if it is valid, else a new one", async () => {
    const idOf = async (headers: Record<string, string>, path = "/health") =>
      (await fetch(`${server.url}${path}`, { headers })).headers.get("x-request-id");
    const [first, second] = [await idOf({}), await idOf({}, "/nothing")];
    expect(first).toMatch(/^[\w-]{10,}$/);
    expect(second).toMatch(/^[\w-]{10,}$/);
    expect(second).not.toBe(first);
    expect(await idOf({ "x-request-id": "01HZX.a:b/c=d" })).toBe("01HZX.a:b/c=d");
    for (const wrong of ["two words", "x".repeat(65), '{"a":1}', "a;b", "é"]) {
      expect(await idOf({ "x-request-id": wrong })).toMatch(/^[\w-]{10,}$/);
    }
  });
});

describe("startServer and close", () => {
  it("reject a port that is in use, and an address of another machine", async () => {
    const app = createApp({ database });
    await expect(startServer({ app, port: server.port, host: "127.0.0.1" })).rejects.toThrow(
      `Port ${server.port} of 127.0.0.1 is in use`,
    );
    await expect(startServer({ app, port: 0, host: "203.0.113.1" })).rejects.toThrow(
      "no address of this machine",
    );
  });

  it("finish running requests, and close idle connections", async () => {
    const client = await database.pool.connect();
    const app = createApp({ database });
    const other = await startServer({ app, port: 0, host: "127.0.0.1" });
    await fetch(`${other.url}/health`).then((response) => response.text());
    // The query waits for the lock, so it runs while the server stops.
    await client.query("BEGIN; LOCK TABLE claims IN ACCESS EXCLUSIVE MODE");
    const running = fetch(`${other.url}/graphql?query={claims(first:1){nodes{kind}}}`);
    await expect.poll(() => waiting(database)).toBe(1);
    const closed = other.close();
    await expect(fetch(`${other.url}/health`)).rejects.toThrow();
    await client.query("COMMIT");
    client.release();
    expect(await (await running).json()).toMatchObject({ data: { claims: {} } });
    await closed;
    await other.close();
  });

  it("accept connections while draining, with /ready at 503 and Connection: close", async () => {
    const app = createApp({ database });
    const other = await startServer({ app, port: 0, host: "127.0.0.1", stop: { drain: 1_000 } });
    const closed = other.close();
    expect(await readiness(other.url)).toMatchObject([503, { status: "not ready", service: "stopping" }]);
    const answer = await fetch(`${other.url}/graphql?query={status{papers}}`);
    expect(answer.headers.get("connection")).toBe("close");
    expect(await answer.json()).toEqual({ data: { status: { papers: 1 } } });
    await closed;
    await expect(fetch(`${other.url}/health`)).rejects.toThrow();
  });

  it("destroy connections that do not finish in time", async () => {
    const app = createApp({ database });
    const other = await startServer({ app, port: 0, host: "127.0.0.1", stop: { timeout: 200 } });
    const socket = connect(other.port, "127.0.0.1");
    socket.on("error", () => {});
    const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    // A request whose body never arrives.
    socket.write(
      "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    await fetch(`${other.url}/health`).then((response) => response.text());
    await other.close();
    await ended;
  });
});

async function readiness(url: string): Promise<unknown> {
  const response = await fetch(`${url}/ready`);
  return [response.status, await response.json()];
}

async function waiting({ pool }: TestDatabase): Promise<number> {
  const { rows } = await pool.query(
    "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows[0].count;
}

describe("slow clients", () => {
  const slowClients = { headers: 100, request: 200, checkInterval: 20 };
  let patient: RunningServer;

  beforeAll(async () => {
    patient = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1", slowClients });
  });
  afterAll(() => patient.close());

  /** @threat T44 */
  it.each([
    ["headers", "GET /health HTTP/1.1\r\nhost: x\r\n"],
    [
      "body",
      "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
    ],
  ])("get 408 and lose their connection if the rest of their %s does not arrive", async (_, begun) => {
    const socket = connect(patient.port, "127.0.0.1");
    socket.write(begun);
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});
