import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { untilRows } from "../faults/waiting.ts";
import { EventStream } from "../live/event-source.ts";
import { paper, settings, token } from "../submissions/site.ts";
import { StoppableServer } from "./stoppable-server.ts";

let postgres: StoppableServer;
let database: Database;
const servers: RunningServer[] = [];
/** A server with a client that follows changes, and one without. */
let urls: readonly string[];
let stream: EventStream;

const suffix = "ROU4N4IRYZ3HV3M7HKTK3YY643";
const title = '{ paper(ref: "2302.12192") { title } }';
const subscription = "subscription { paperChanged { position paper { title } } }";

beforeAll(async () => {
  postgres = await StoppableServer.start();
  database = await postgres.createDatabase("mirror");
  await ingestTexts(database, [seedText]);
  for (let count = 0; count < 2; count++) {
    const app = createApp({
      database,
      submissions: settings,
      exports: { isPublic: true, tokens: [] },
      streamTimes: { heartbeat: 20 },
      graphql: { responseCacheSize: 0, rowCacheSize: 0 },
      logError: () => {},
    });
    servers.push(await startServer({ app, port: 0, host: "127.0.0.1" }));
  }
  urls = servers.map(({ url }) => url);
  stream = await EventStream.open(urls[0] ?? "", subscription);
  await stream.beats(1);
});
afterAll(async () => {
  stream.close();
  for (const server of servers) await server.close();
  await database.close();
  await postgres.close();
});

type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { data?: unknown; errors?: { message: string; extensions: object }[] };
};

async function request(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, options);
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: JSON.parse(text) };
}

function post(query: string, accept = "application/json"): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, accept },
    body: JSON.stringify({ query }),
  };
}

const text = "The database is unavailable. Try again in 5 s.";
const unavailable = { message: text, extensions: { code: "UNAVAILABLE", retryAfter: 5 } };
const unavailableAnswer = {
  status: 503,
  retryAfter: "5",
  body: { errors: [expect.objectContaining(unavailable)] },
};

it("a query whose connection is lost while it runs is answered 503 UNAVAILABLE with Retry-After", async () => {
  const holder = await database.pool.connect();
  holder.on("error", () => {});
  await holder.query("BEGIN; LOCK TABLE papers, paper_keys IN ACCESS EXCLUSIVE MODE");
  const answers = urls.map((url) => request(`${url}/graphql`, post(title)));
  await untilRows(
    holder,
    "SELECT FROM pg_locks WHERE relation IN ('papers'::regclass, 'paper_keys'::regclass) AND NOT granted",
    urls.length,
  );
  await postgres.stop();
  for (const answer of answers) expect(await answer).toEqual(unavailableAnswer);
  holder.release(true);
});

it("GraphQL answers 503 UNAVAILABLE for both media types, and 200 with partial data for a nullable field", async () => {
  for (const url of urls) {
    const graphql = `${url}/graphql`;
    expect(await request(`${graphql}?query=${encodeURIComponent(title)}`)).toEqual(unavailableAnswer);
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      expect(await request(graphql, post(title, accept))).toEqual(unavailableAnswer);
      // A non-null root field.
      expect(await request(graphql, post("{ status { papers } }", accept))).toEqual(unavailableAnswer);
      const submitted = await request(
        graphql,
        post('mutation { submitDocument(document: "{}") { submission { id } } }', accept),
      );
      expect(submitted).toEqual(unavailableAnswer);
      expect(
        await request(graphql, post(`{ __typename paper(ref: "2302.12192") { title } }`, accept)),
      ).toEqual({
        status: 200,
        retryAfter: null,
        body: {
          data: { __typename: "Query", paper: null },
          errors: [expect.objectContaining({ ...unavailable, path: ["paper"] })],
        },
      });
    }
  }
});

it.each([
  "/feed",
  `/pith/${suffix}/bundle.json`,
  `/pith/${suffix}/state.json`,
  `/pith/${suffix}.json`,
  `/.well-known/pith/${suffix}/bundle.json`,
  "/export",
  "/export/papers.csv",
  "/ingest/00000000-0000-4000-8000-000000000000",
])("GET %s answers 503 UNAVAILABLE with Retry-After", async (path) => {
  const answer = await request(`${urls[0]}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer).toEqual({
    ...unavailableAnswer,
    body: { errors: [{ message: text, extensions: { code: "UNAVAILABLE" } }] },
  });
});

it("POST /ingest answers 503 UNAVAILABLE with Retry-After", async () => {
  const response = await fetch(`${urls[0]}/ingest`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: paper(1).text,
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAVAILABLE" } }] });
});

it("a subscription gets UNAVAILABLE in its stream, which ends without an id so that clients reconnect", async () => {
  for (const url of urls) {
    const response = await fetch(`${url}/graphql?query=${encodeURIComponent(subscription)}`, {
      headers: { accept: "text/event-stream", "last-event-id": "0" },
    });
    expect(response.status).toBe(200);
    const blocks = (await response.text()).split("\n\n");
    // On the server with another subscriber the stream opens first, and then reads the table.
    const [last, rest] = [blocks.at(-2), blocks.at(-1)];
    expect(rest).toBe("");
    expect(new Set(blocks.slice(0, -2))).toEqual(new Set(url === urls[0] ? ["id: 0\n:"] : []));
    const [retry, event, data, ...more] = last?.split("\n") ?? [];
    expect([retry, event, more]).toEqual(["retry: 5000", "event: next", []]);
    expect(JSON.parse(data?.slice("data: ".length) ?? "")).toMatchObject({ errors: [unavailable] });
  }
});

it("requests that need no database are answered, and /ready answers 503 with the missing database", async () => {
  expect((await request(`${urls[0]}/pith-mirrors.json`)).status).toBe(200);
  expect((await request(`${urls[0]}/health`)).status).toBe(200);
  expect(await request(`${urls[0]}/ready`)).toMatchObject({
    status: 503,
    body: { database: "does not answer" },
  });
});

it("all requests are answered once the database is back, and open streams continue", async () => {
  await postgres.startAgain();
  for (const url of urls) {
    const { status, body } = await request(`${url}/graphql`, post(title));
    expect([status, body.errors]).toEqual([200, undefined]);
    expect((await request(`${url}/feed`)).status).toBe(200);
  }
  await ingestTexts(database, [
    documentOf({ arxivId: "2501.00001", title: "After it", submittedAt: "2025-01-01T00:00:00Z" }).text,
  ]);
  const event = await stream.next();
  expect(event?.data.data?.["paperChanged"]).toMatchObject({ paper: { title: "After it" } });
});

/** Retries, because a busy machine may need longer for a connection than this short limit. */
async function connectWithRetries({ pool }: Database): Promise<pg.PoolClient> {
  for (;;) {
    try {
      return await pool.connect();
    } catch {
      // Retried.
    }
  }
}

/** @threat T50 */
it("a request that waits too long for a connection is answered 503 with Retry-After", async () => {
  const narrow = openDatabase({
    connection: database.connection,
    maxConnections: 1,
    connectionMilliseconds: 20,
  });
  const app = createApp({ database: narrow, logError: () => {} });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  const holder = await connectWithRetries(narrow);
  expect(await request(`${server.url}/feed`)).toMatchObject({ status: 503, retryAfter: "5" });
  expect(await request(`${server.url}/graphql`, post(title))).toEqual(unavailableAnswer);
  holder.release();
  expect((await request(`${server.url}/feed`)).status).toBe(200);
  await server.close();
  await narrow.close();
});
