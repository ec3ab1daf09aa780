import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultQueryLimits } from "../../src/api/execution/query-limits.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
/** What queries read from: one connection, so that one that is not freed shows. */
let reads: Database;
let server: RunningServer;
const logged: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  reads = openDatabase({
    connection: database.connection,
    maximumConnections: 1,
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

describe("a query that costs too much", () => {
  const source = `query ($n: Int!) { papers(first: 100) { nodes { references(first: $n) { nodes { work { citedBy(first: $n) {
    nodes { title } } } } } } } }`;

  /** @threat T22 */
  it("is refused with its cost, and runs with smaller pages", async () => {
    const refused = await ask(source, { n: 100 });
    expect(refused.status).toBe(400);
    expect(refused.data).toBeUndefined();
    expect(refused.errors?.[0]?.message).toMatch(/costs 2030201; 200000 is the most.*`first`/);
    expect(refused.errors?.[0]?.extensions).toEqual({
      code: "QUERY_TOO_COMPLEX",
      cost: 2_030_201,
      maximum: 200_000,
    });
    expect((await ask(source, { n: 10 })).errors).toBeUndefined();
  });

  it("leaves wrong variables to be told as such", async () => {
    const { errors } = await ask(source, { n: "ten" });
    expect(errors?.[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain("$n");
  });
});

describe("hostile texts and variables", () => {
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
    ["brackets beyond the stack", `{ paper(ref: ${"[".repeat(50_000)}`, {}, "QUERY_TOO_COMPLEX"],
    [
      "fragments used over and over",
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
    ["variables nested deep", filtered, `{"f":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "BAD_USER_INPUT"],
    [
      "input objects nested deep",
      filtered,
      `{"f":${'{"categories":'.repeat(5_000)}1${"}".repeat(5_000)}}`,
      "BAD_USER_INPUT",
    ],
    ["a huge text", byRef, { r: "x".repeat(150_000) }, "BAD_USER_INPUT"],
    ["a text of no script", byRef, { r: "\u0000\ud800\u202e💥" }, "BAD_USER_INPUT"],
    [
      "a huge number",
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
      "a filter of ten thousand",
      filtered,
      { f: { categories: Array(10_000).fill("cs.LG") } },
      "BAD_USER_INPUT",
    ],
    ["names that are not there", `{ ${"paperz ".repeat(400)} }`, {}, "GRAPHQL_VALIDATION_FAILED"],
  ])("%s", async (_name, query, variables, code) => {
    const answer = await ask(query, variables);
    expect(answer.errors?.[0]?.extensions["code"] ?? null).toBe(code);
    expect(answer.status).toBeLessThan(500);
    expect(logged).toEqual([]);
  });

  it("do not come back in full", async () => {
    const { errors } = await ask("query ($n: Int) { papers(first: $n) { totalCount } }", {
      n: "x".repeat(150_000),
    });
    expect(errors?.[0]?.message.length).toBeLessThan(2_000);
  });

  it("batches are refused", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([{ query: "{ status { papers } }" }]),
    });
    expect(response.status).toBe(400);
  });

  /** @threat T40 */
  it("a body that is too large is refused", async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `{ status { papers } } #${"x".repeat(250_000)}` }),
    });
    expect(response.status).toBe(413);
  });
});

describe("a query that takes too long", () => {
  /** How many statements of `reads` wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%totals%'`,
    );
    return rows[0]?.count ?? 0;
  }

  /** While `work` runs, whoever reads `totals` waits. */
  async function whileLocked(work: () => Promise<void>): Promise<void> {
    const client = await database.pool.connect();
    try {
      await client.query("BEGIN; LOCK TABLE totals IN ACCESS EXCLUSIVE MODE");
      await work();
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  /** @threat T36 */
  it("is answered, and frees its connection while the statement's cause goes on", async () => {
    await whileLocked(async () => {
      const answer = await ask("{ status { papers } papers { totalCount } }");
      expect(answer.status).toBe(503);
      expect(answer.errors).toHaveLength(1);
      expect(answer.errors?.[0]).toMatchObject({
        message: expect.stringMatching(/longer than 1000 ms.*smaller pages/),
        extensions: { code: "TIMEOUT", maximum: 1_000 },
      });
      // The one connection serves the next.
      expect((await ask('{ paper(ref: "2302.12192") { title } }')).errors).toBeUndefined();
      await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    });
    expect((await ask("{ status { papers } }")).data).toEqual({ status: { papers: 1 } });
    expect(logged).toEqual([]);
  });

  it("while it waits for a connection, too", async () => {
    const only = await reads.pool.connect();
    try {
      const answer = await ask("{ status { claims } }");
      expect(answer.errors?.[0]?.extensions["code"]).toBe("TIMEOUT");
    } finally {
      only.release();
    }
    expect((await ask("{ status { claims } }")).errors).toBeUndefined();
  });

  it("ends in the server at the latest by its statement's own time", async () => {
    const short = openDatabase({ connection: database.connection, statementMilliseconds: 50 });
    await expect(short.pool.query("SELECT pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
    await short.close();
  });
});

describe("an address that asks too often", () => {
  const from = (address: string) => ask("{ status { papers } }", {}, { "x-forwarded-for": address });

  /** @threat T38 */
  it("is told when to come again; others, and this machine, are answered", async () => {
    for (let count = 0; count < 3; count++) expect((await from("203.0.113.1")).status).toBe(200);
    const refused = await from("203.0.113.1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/More than 3 requests a minute.*Try again in \d+ s/),
      extensions: { code: "RATE_LIMITED" },
    });
    expect((await from("203.0.113.2")).status).toBe(200);
    for (let count = 0; count < 5; count++) expect((await ask("{ status { papers } }")).status).toBe(200);
  });
});
