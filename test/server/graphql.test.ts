import { createHash } from "node:crypto";
import { get } from "node:http";
import { gzipSync } from "node:zlib";
import { OperationTypeNode } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp, type GraphqlSettings, type RunningServer, startServer } from "../../src/server/index.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { recordStatements } from "../ingest/recorded-statements.ts";

/* Rules for all requests to /graphql. */
let database: TestDatabase;
/** A single connection, so that a query that does not free it blocks the next. */
let reads: Database;
const servers: RunningServer[] = [];
const logged: unknown[] = [];

const titleQuery = "query Title($ref: String!) { paper(ref: $ref) { title } }";
const hash = createHash("sha256").update(titleQuery).digest("hex");
const documents = new Map([[hash, { text: titleQuery, kinds: new Set([OperationTypeNode.QUERY]) }]]);

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  reads = openDatabase({ connection: database.connection, maxConnections: 1 });
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await reads.close();
  await database.drop();
});

async function serve(graphql: GraphqlSettings): Promise<string> {
  const app = createApp({ database, reads, graphql, logError: (_message, error) => logged.push(error) });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  servers.push(server);
  return `${server.url}/graphql`;
}

type Body = { data?: unknown; errors?: { message: string; path?: unknown; extensions: { code: string } }[] };

async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

/** The status of a GET with exactly these headers: `fetch` would add some of a browser's. */
function statusOf(address: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(address, { headers }, (response) => resolve(response.resume().statusCode));
    request.on("error", reject);
  });
}

const messageOf = ({ body }: { body: Body }) => body.errors?.[0]?.message;
const codeOf = ({ body }: { body: Body }) => body.errors?.[0]?.extensions.code;

describe("/graphql", () => {
  let url: string;
  beforeAll(async () => {
    url = await serve({ documents: { documents, only: false } });
  });

  describe("cross-site requests without a preflight", () => {
    it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
      "answers 415 to a body of %s",
      async (type) => {
        const body = JSON.stringify({ query: "{ status { papers } }" });
        const send = (headers: Record<string, string>) => fetch(url, { method: "POST", headers, body });
        const refused = await send({ "content-type": type });
        expect(refused.status).toBe(415);
        expect(((await refused.json()) as Body).errors?.[0]?.message).toContain("application/json");
      },
    );

    it("answers 403 to a cross-site no-cors request, unless it has a custom header", async () => {
      const embedded = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
      const address = `${url}?query={status{papers}}`;
      expect(await statusOf(address, embedded)).toBe(403);
      expect(await statusOf(address, { ...embedded, "x-requested-with": "page" })).toBe(200);
    });

    it("answers 405 to a mutation by GET", async () => {
      const response = await fetch(`${url}?query=mutation{submitDocument(document:""){submission{id}}}`);
      expect(response.status).toBe(405);
    });
  });

  describe("content negotiation", () => {
    const query = "{ status { papers } }";
    const data = { status: { papers: 1 } };
    const get = (text: string, accept: string) =>
      fetch(`${url}?query=${encodeURIComponent(text)}`, { headers: { accept } });
    const send = (
      type: string,
      body: string | Uint8Array<ArrayBuffer>,
      headers: Record<string, string> = {},
    ) => fetch(url, { method: "POST", headers: { "content-type": type, ...headers }, body });

    it.each(["application/json", "application/json;charset=UTF-8", "application/graphql+json"])(
      "reads a body of %s",
      async (type) => {
        expect(await (await send(type, JSON.stringify({ query }))).json()).toEqual({ data });
      },
    );

    it("reads a query as application/graphql", async () => {
      expect(await (await send("application/graphql", query)).json()).toEqual({ data });
    });

    it.each(["application/xml", "application/octet-stream", "application/jsonx"])(
      "answers 415 to a body of %s",
      async (type) => {
        expect((await send(type, JSON.stringify({ query }))).status).toBe(415);
      },
    );

    it("answers 415 to a compressed body", async () => {
      const packed = new Uint8Array(gzipSync(JSON.stringify({ query })));
      expect((await send("application/json", packed, { "content-encoding": "gzip" })).status).toBe(415);
      const plain = await send("application/json", JSON.stringify({ query }), {
        "content-encoding": "identity",
      });
      expect(plain.status).toBe(200);
    });

    it("answers a query with one event if only text/event-stream is accepted", async () => {
      const response = await get(query, "text/event-stream");
      expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
      expect(await response.text()).toBe(
        `event: next\ndata: ${JSON.stringify({ data })}\n\nevent: complete\ndata:\n\n`,
      );
      const invalid = await get("{ nothing }", "text/event-stream");
      expect([invalid.status, await invalid.text()]).toEqual([
        200,
        expect.stringMatching(
          /^event: next\ndata: \{"errors":.*GRAPHQL_VALIDATION_FAILED.*\n\nevent: complete/,
        ),
      ]);
    });

    it("prefers JSON to text/event-stream, and the media type that is accepted first", async () => {
      for (const [accept, type] of [
        ["*/*", "application/json"],
        ["text/event-stream, application/json", "application/json"],
        ["application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json"],
        [
          "application/json;charset=latin1, application/graphql-response+json",
          "application/graphql-response+json",
        ],
      ] as const) {
        const response = await get(query, accept);
        expect(response.headers.get("content-type"), accept).toBe(`${type}; charset=utf-8`);
      }
    });

    it.each([
      "image/png",
      "application/xml, text/plain",
      "multipart/mixed",
      "application/json;charset=utf-16",
    ])("answers 406 to a client that accepts only %s", async (accept) => {
      const response = await get(query, accept);
      expect(response.status).toBe(406);
      expect(((await response.json()) as Body).errors?.[0]?.message).toContain("text/event-stream");
    });

    it("answers 406 to a subscription if text/event-stream is not accepted", async () => {
      const response = await get("subscription { paperChanged { position } }", "application/json");
      expect(response.status).toBe(406);
      expect(((await response.json()) as Body).errors?.[0]?.message).toContain("text/event-stream");
    });
  });

  it.each([
    { query: 1 },
    { variables: [] },
    { variables: "x" },
    { extensions: 1 },
    { operationName: 1 },
    { operationName: "B" },
    { unknown: 1 },
  ])("rejects the parameters %j with 400 BAD_USER_INPUT", async (parameters) => {
    const answer = await post(url, { query: "query A { __typename }", ...parameters });
    expect([answer.status, codeOf(answer)]).toEqual([400, "BAD_USER_INPUT"]);
  });

  /** @input I36 */
  it("accepts an empty operationName, and null for variables and extensions", async () => {
    const parameters = {
      query: "query A { __typename }",
      operationName: "",
      variables: null,
      extensions: null,
    };
    expect((await post(url, parameters)).body).toEqual({ data: { __typename: "Query" } });
  });

  describe("CORS", () => {
    /** @threat T25 */
    it("allows only configured origins to read and to send credentials", async () => {
      const strict = await serve({ cors: { origins: ["https://a.example"], credentials: true } });
      const query = { query: "{ status { papers } }" };
      const allowed = await post(strict, query, { origin: "https://a.example" });
      expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.example");
      expect(allowed.headers.get("access-control-allow-credentials")).toBe("true");
      expect(allowed.headers.get("vary")).toContain("Origin");
      const other = await post(strict, query, { origin: "https://b.example" });
      expect(other.headers.get("access-control-allow-origin")).toBeNull();
      expect(other.headers.get("access-control-allow-credentials")).toBeNull();
    });

    it("answers a preflight with the requested headers, without credentials", async () => {
      const headers = { origin: "https://a.example", "access-control-request-headers": "content-type" };
      const response = await fetch(url, { method: "OPTIONS", headers });
      expect(response.status).toBe(204);
      expect(response.headers.get("access-control-allow-headers")).toBe("content-type");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    });
  });

  it("rejects introspection with GRAPHQL_VALIDATION_FAILED and shows no GraphiQL if both are off", async () => {
    const closed = await serve({ introspection: false, graphiql: false });
    for (const query of ["{ __schema { types { name } } }", '{ __type(name: "Paper") { name } }']) {
      const answer = await post(closed, { query });
      expect(codeOf(answer)).toBe("GRAPHQL_VALIDATION_FAILED");
      expect(answer.body.data).toBeUndefined();
    }
    expect((await post(closed, { query: "{ __typename }" })).body).toEqual({ data: { __typename: "Query" } });
    const page = await fetch(closed, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-type") ?? "").not.toContain("text/html");
  });

  it("suggests no names in errors if introspection is off", async () => {
    const closed = await serve({ introspection: false });
    const graph = 'query ($d: CitationDirection!) { reachableWorks(ref: "x", direction: $d) { total } }';
    const filtered = "query ($f: PaperFilter) { papers(filter: $f) { totalCount } }";
    const misspelled = [
      { query: "{ papr(ref: 1) { title } }" },
      { query: '{ reachableWorks(ref: "x", direction: REFERENCE) { total } }' },
      { query: "{ papers(filter: { yearFro: 1 }) { totalCount } }" },
      { query: graph, variables: { d: "REFERENCE" } },
      { query: filtered, variables: { f: { yearFro: 1 } } },
    ];
    for (const body of misspelled) {
      expect(messageOf(await post(url, body))).toMatch(/Did you mean/);
      expect(messageOf(await post(closed, body))).toMatch(/papr|REFERENCE|yearFro/);
      expect(messageOf(await post(closed, body))).not.toMatch(/Did you mean/);
    }
  });

  it("answers @include(if: null) with BAD_USER_INPUT and `data: null`, as graphql-js does", async () => {
    logged.length = 0;
    const root = await post(url, {
      query: "query ($x: Boolean = true) { status @include(if: $x) { papers } }",
      variables: { x: null },
    });
    expect(root.body.data).toBeNull();
    expect(codeOf(root)).toBe("BAD_USER_INPUT");
    expect(messageOf(root)).toBe('Argument "if" of non-null type "Boolean!" must not be null.');
    const below = await post(url, {
      query:
        'query ($x: Boolean = true) { a: paper(ref: "2302.12192") { title @skip(if: $x) } b: __typename }',
      variables: { x: null },
    });
    expect(below.body.data).toEqual({ a: null, b: "Query" });
    expect(codeOf(below)).toBe("BAD_USER_INPUT");
    expect(messageOf(below)).toBe('Argument "if" of non-null type "Boolean!" must not be null.');
    const argument = await post(url, {
      query:
        'query ($n: Int = 1) { relatedWorks(ref: "2302.12192", by: CO_CITATION) { nodes { shared(first: $n) { id } } } }',
      variables: { n: null },
    });
    expect(codeOf(argument)).toBe("BAD_USER_INPUT");
    expect(logged).toEqual([]);
  });

  describe("persisted documents", () => {
    const variables = { ref: "2302.12192" };
    /** With `application/json` the status of a rejected query is 200, for older clients. */
    const exact = { accept: "application/graphql-response+json" };
    const data = { paper: { title: "Aligning Text-to-Image Models using Human Feedback" } };

    it("are executed by documentId, by persistedQuery and by GET", async () => {
      const byId = await post(url, { documentId: `sha256:${hash}`, variables });
      expect(byId.body).toEqual({ data });
      const extensions = { persistedQuery: { version: 1, sha256Hash: hash } };
      expect((await post(url, { extensions, variables })).body).toEqual({ data });
      const address = `${url}?documentId=${hash}&variables=${encodeURIComponent(JSON.stringify(variables))}`;
      expect(await (await fetch(address)).json()).toEqual({ data });
    });

    it("reject an unknown hash with 404 PERSISTED_QUERY_NOT_FOUND, and a text of another hash with 400", async () => {
      const unknown = await post(url, { documentId: "0".repeat(64) }, exact);
      expect([unknown.status, codeOf(unknown)]).toEqual([404, "PERSISTED_QUERY_NOT_FOUND"]);
      const swapped = await post(url, { documentId: hash, query: "{ status { papers } }", variables }, exact);
      expect([swapped.status, codeOf(swapped)]).toEqual([400, "BAD_USER_INPUT"]);
    });

    /** @threat T22 */
    it("reject all other queries with 403 PERSISTED_QUERY_REQUIRED if only they are allowed", async () => {
      const only = await serve({ documents: { documents, only: true } });
      const refused = await post(only, { query: "{ status { papers } }" }, exact);
      expect([refused.status, codeOf(refused)]).toEqual([403, "PERSISTED_QUERY_REQUIRED"]);
      expect((await post(only, { query: titleQuery, variables })).body).toEqual({ data });
      expect((await post(only, { documentId: hash, variables })).body).toEqual({ data });
    });
  });

  it("frees the connection of a request whose client disconnects", async () => {
    const client = await database.pool.connect();
    const leaving = new AbortController();
    try {
      await client.query("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
      const answer = fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          query:
            '{ paper(ref: "2302.12192") { canonicalRecord aliases { value } state { sha256 document } } }',
        }),
        signal: leaving.signal,
      });
      const waiting = async () => {
        const { rows } = await database.pool.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows[0]?.count;
      };
      await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
      leaving.abort();
      await expect(answer).rejects.toThrow();
      // The single connection serves the next query at once, and PostgreSQL cancels the abandoned one.
      expect((await post(url, { query: "{ claims(first: 1) { totalCount } }" })).body.errors).toBeUndefined();
      await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  /** @threat T28 */
  it("masks an internal error, revealing neither SQL nor the path of a file", async () => {
    await database.pool.query("ALTER TABLE claims RENAME TO claims_elsewhere");
    try {
      const { body } = await post(url, { query: "{ claims { nodes { text } } }" });
      expect(body.errors?.[0]).toMatchObject({
        message: "Internal server error.",
        path: ["claims", "nodes"],
        extensions: { code: "INTERNAL_SERVER_ERROR" },
      });
      expect(JSON.stringify(body)).not.toMatch(/claims_elsewhere|select|relation|\.ts|node_modules/i);
    } finally {
      await database.pool.query("ALTER TABLE claims_elsewhere RENAME TO claims");
    }
  });
});

describe("the response cache", () => {
  const query = "{ status { papers } papers(first: 1) { totalCount } }";

  async function ingestAnother(arxivId: string): Promise<void> {
    await ingestTexts(database, [
      documentOf({ arxivId, submittedAt: "2027-01-01T00:00:00Z", title: "Another", references: [] }).text,
    ]);
  }

  it("answers without a statement until the next ingest, and never for requests with a token", async () => {
    const statements = recordStatements(reads.pool);
    const url = await serve({});
    const ask = async (headers: Record<string, string> = {}) => {
      const before = statements.length;
      const { body } = await post(url, { query }, headers);
      return {
        papers: (body.data as { status: { papers: number } }).status.papers,
        made: statements.length - before,
      };
    };
    const { papers, made } = await ask();
    expect(made).toBeGreaterThan(0);
    // Writes to other databases of this server also change the version, so this may take several attempts.
    await expect.poll(async () => (await ask()).made, { timeout: 30_000 }).toBe(0);
    expect((await ask({ authorization: "Bearer x" })).made).toBeGreaterThan(0);
    for (let nth = 1; nth <= 3; nth++) {
      await ingestAnother(`2501.0100${nth}`);
      expect((await ask()).papers).toBe(papers + nth);
    }
    const none = await serve({ responseCacheSize: 0 });
    const before = statements.length;
    for (let nth = 0; nth < 3; nth++) await post(none, { query });
    expect(statements.length - before).toBe(3 * made);
  });

  it("includes graphs that are truncated at maxNodes", async () => {
    const statements = recordStatements(reads.pool);
    const url = await serve({});
    const around = `{ citationGraph(roots: ["2302.12192"], maxNodes: 3) { truncated nodes { work { title } } } }`;
    const ask = async () => {
      const before = statements.length;
      const { body } = await post(url, { query: around });
      expect((body.data as { citationGraph: { truncated: boolean } }).citationGraph.truncated).toBe(true);
      return statements.length - before;
    };
    expect(await ask()).toBeGreaterThan(0);
    await expect.poll(ask, { timeout: 30_000 }).toBe(0);
  });

  it("gives answers to GET an ETag that changes with an ingest", async () => {
    const url = await serve({ documents: { documents, only: false } });
    const address = `${url}?documentId=${hash}&variables=${encodeURIComponent('{"ref":"2302.12192"}')}`;
    const first = await fetch(address);
    const tag = first.headers.get("etag") ?? "";
    expect(tag).toMatch(/^W\/"/);
    expect(first.headers.get("cache-control")).toBe("public, no-cache");
    const conditional = async () => {
      const current = (await fetch(address)).headers.get("etag") ?? "";
      return (await fetch(address, { headers: { "if-none-match": current } })).status;
    };
    await expect.poll(conditional, { timeout: 30_000 }).toBe(304);
    await ingestAnother("2501.01009");
    expect((await fetch(address, { headers: { "if-none-match": tag } })).status).toBe(200);
    // Answers to requests with a token are not cached.
    expect((await fetch(address, { headers: { authorization: "Bearer x" } })).headers.get("etag")).toBeNull();
  });
});
