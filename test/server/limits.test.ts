import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultQueryLimits } from "../../src/api/execution/query-limits.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
/** Queries read over this single connection, so that one that does not free it blocks the next. */
let reads: Database;
let server: RunningServer;
const logged: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  reads = openDatabase({
    connection: database.connection,
    maxConnections: 1,
    statementMilliseconds: 60_000,
  });
  const app = createApp({
    database,
    reads,
    limits: { ...defaultQueryLimits, milliseconds: 1_000 },
    rate: { requestsPerMinute: 3, trustedProxies: 1 },
    maximumBodySize: 200_000,
    logError: (_message, error) => logged.push(error),
  });
  server = await startServer({ app, port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await reads.close();
  await database.drop();
});

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
};

async function ask(
  query: string,
  variables: object | string = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const texts = typeof variables === "string" ? variables : JSON.stringify(variables);
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: `{"query":${JSON.stringify(query)},"variables":${texts}}`,
  });
  return {
    status: response.status,
    headers: response.headers,
    ...((await response.json()) as Omit<Answer, "status" | "headers">),
  };
}

describe("a query above the limit on cost", () => {
  const source = `query ($n: Int!) { papers(first: 100) { nodes { references(first: $n) { nodes { work { citedBy(first: $n) {
    nodes { title } } } } } } } }`;

  /** @threat T22 */
  it("is rejected with QUERY_TOO_COMPLEX and its cost, and runs with smaller pages", async () => {
    const refused = await ask(source, { n: 100 });
    expect(refused.status).toBe(400);
    expect(refused.data).toBeUndefined();
    expect(refused.errors?.[0]?.message).toMatch(/costs 2030201, but the maximum is 200000.*`first`/);
    expect(refused.errors?.[0]?.extensions).toEqual({
      code: "QUERY_TOO_COMPLEX",
      cost: 2_030_201,
      maximum: 200_000,
    });
    expect((await ask(source, { n: 10 })).errors).toBeUndefined();
  });

  it("is rejected with BAD_USER_INPUT if its variables have wrong types", async () => {
    const { errors } = await ask(source, { n: "ten" });
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain("$n");
  });
});

describe("a hostile request", () => {
  const aliased = Array.from({ length: 1_000 }, (_, index) => `a${index}: status { papers }`).join(" ");
  const filtered = "query ($f: PaperFilter) { papers(filter: $f) { totalCount } }";
  const byRef = "query ($r: String!) { paper(ref: $r) { title } }";
  const multiplied = Array.from(
    { length: 40 },
    (_, level) => `fragment f${level} on Paper { a${level}: title ...f${level + 1} ...f${level + 1} }`,
  ).join(" ");

  it.each<readonly [string, string, object | string, string | null]>([
    ["a thousand aliases", `{ ${aliased} }`, {}, "QUERY_TOO_COMPLEX"],
    [
      "ten thousand directives",
      `{ status ${"@skip(if: false) ".repeat(10_000)} { papers } }`,
      {},
      "QUERY_TOO_COMPLEX",
    ],
    ["brackets that would overflow the stack", `{ paper(ref: ${"[".repeat(50_000)}`, {}, "QUERY_TOO_COMPLEX"],
    [
      "fragments that double each other",
      `{ papers { nodes { ...f0 } } } ${multiplied} fragment f40 on Paper { title }`,
      {},
      "QUERY_TOO_COMPLEX",
    ],
    [
      "a fragment within itself",
      "{ papers { nodes { ...a } } } fragment a on Paper { work { paper { ...a } } }",
      {},
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "deeply nested variables",
      filtered,
      `{"f":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      "BAD_USER_INPUT",
    ],
    [
      "deeply nested input objects",
      filtered,
      `{"f":${'{"categories":'.repeat(5_000)}1${"}".repeat(5_000)}}`,
      "BAD_USER_INPUT",
    ],
    ["a ref of 150,000 characters", byRef, { r: "x".repeat(150_000) }, "BAD_USER_INPUT"],
    [
      "a ref of control characters and a lone surrogate",
      byRef,
      { r: "\u0000\ud800\u202e💥" },
      "BAD_USER_INPUT",
    ],
    [
      "a number of 500 digits",
      "query ($n: Int) { papers(first: $n) { totalCount } }",
      `{"n":${"9".repeat(500)}}`,
      "BAD_USER_INPUT",
    ],
    [
      "keys that name prototypes",
      filtered,
      '{"f":{"__proto__":{"yearFrom":1}},"__proto__":{"f":1},"constructor":1}',
      "BAD_USER_INPUT",
    ],
    ["a filter with a NUL", filtered, { f: { titleContains: "\u0000" } }, null],
    [
      "a filter of ten thousand categories",
      filtered,
      { f: { categories: Array(10_000).fill("cs.LG") } },
      "BAD_USER_INPUT",
    ],
    ["400 unknown fields", `{ ${"paperz ".repeat(400)} }`, {}, "GRAPHQL_VALIDATION_FAILED"],
  ])("with %s is answered below status 500 and logs nothing", async (_name, query, variables, code) => {
    const answer = await ask(query, variables);
    expect(answer.errors?.[0]?.extensions["code"] ?? null).toBe(code);
    expect(answer.status).toBeLessThan(500);
    expect(logged).toEqual([]);
  });

  it("is not repeated in full in the error", async () => {
    const { errors } = await ask("query ($n: Int) { papers(first: $n) { totalCount } }", {
      n: "x".repeat(150_000),
    });
    expect(errors?.[0]?.message.length).toBeLessThan(2_000);
  });

  it("with a batch of queries is answered with 400", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ query: "{ status { papers } }" }]),
    });
    expect(response.status).toBe(400);
  });

  /** @threat T40 */
  it("with a body that is too large is answered with 413", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `{ status { papers } } #${"x".repeat(250_000)}` }),
    });
    expect(response.status).toBe(413);
  });
});

describe("a query above the time limit", () => {
  /** The number of statements of `reads` that wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%claims%'`,
    );
    return rows[0]?.count ?? 0;
  }

  /** Locks `claims` while `work` runs, so that statements that read it wait. */
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; LOCK TABLE claims IN ACCESS EXCLUSIVE MODE");
      await work();
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  /** @threat T36 */
  it("is answered with 503 TIMEOUT, and frees its connection while the lock is still held", async () => {
    await whileLocked(async () => {
      const answer = await ask("{ claims(first: 1) { nodes { kind } } papers { totalCount } }");
      expect(answer.status).toBe(503);
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors?.[0]).toMatchObject({
        message: expect.stringMatching(/longer than 1000 ms.*smaller pages/),
        extensions: { code: "TIMEOUT", maximum: 1_000 },
      });
      // The single connection serves the next query.
      expect((await ask('{ paper(ref: "2302.12192") { title } }')).errors).toBeUndefined();
      await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    });
    expect((await ask("{ status { papers } }")).data).toEqual({ status: { papers: 1 } });
    expect(logged).toEqual([]);
  });

  it("is answered with TIMEOUT while it waits for a connection", async () => {
    const only = await reads.pool.connect();
    try {
      const answer = await ask("{ status { claims } }");
      expect(answer.errors?.[0]?.extensions["code"]).toBe("TIMEOUT");
    } finally {
      only.release();
    }
    expect((await ask("{ status { claims } }")).errors).toBeUndefined();
  });

  it("is cancelled by PostgreSQL at the statement timeout", async () => {
    const short = openDatabase({ connection: database.connection, statementMilliseconds: 50 });
    await expect(short.pool.query("SELECT pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
    await short.close();
  });
});

describe("an address above the rate limit", () => {
  const from = (address: string) => ask("{ status { papers } }", {}, { "x-forwarded-for": address });

  /** @threat T38 */
  it("gets 429 RATE_LIMITED with Retry-After, while other addresses and loopback are answered", async () => {
    for (let count = 0; count < 3; count++) expect((await from("203.0.113.1")).status).toBe(200);
    const refused = await from("203.0.113.1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/exceeded 3 requests per minute.*Try again in \d+ s/),
      extensions: { code: "RATE_LIMITED" },
    });
    expect((await from("203.0.113.2")).status).toBe(200);
    for (let count = 0; count < 5; count++) expect((await ask("{ status { papers } }")).status).toBe(200);
  });
});
