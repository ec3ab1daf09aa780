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

async function ask(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, options);
  const text = await response.text();
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: JSON.parse(text) };
}

function asked(query: string, accept = "application/json"): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, accept },
    body: JSON.stringify({ query }),
  };
}

const text = "The database is unavailable. Try again in 5 s.";
const unavailable = { message: text, extensions: { code: "UNAVAILABLE", retryAfter: 5 } };
const away = { status: 503, retryAfter: "5", body: { errors: [expect.objectContaining(unavailable)] } };

it("a query whose connection is lost in its midst is answered UNAVAILABLE", async () => {
  const holder = await database.pool.connect();
  holder.on("error", () => {});
  await holder.query("BEGIN; LOCK TABLE papers, paper_keys IN ACCESS EXCLUSIVE MODE");
  const answers = urls.map((url) => ask(`${url}/graphql`, asked(title)));
  await untilRows(
    holder,
    "SELECT FROM pg_locks WHERE relation IN ('papers'::regclass, 'paper_keys'::regclass) AND NOT granted",
    urls.length,
  );
  await postgres.stop();
  for (const answer of answers) expect(await answer).toEqual(away);
  holder.release(true);
});

it("GraphQL says to come again, by either media type, and loses no field that it has", async () => {
  for (const url of urls) {
    const graphql = `${url}/graphql`;
    expect(await ask(`${graphql}?query=${encodeURIComponent(title)}`)).toEqual(away);
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      expect(await ask(graphql, asked(title, accept))).toEqual(away);
      // A field of the root that must not be null.
      expect(await ask(graphql, asked("{ status { papers } }", accept))).toEqual(away);
      const submitted = await ask(
        graphql,
        asked('mutation { submitDocument(document: "{}") { submission { id } } }', accept),
      );
      expect(submitted).toEqual(away);
      expect(await ask(graphql, asked(`{ __typename paper(ref: "2302.12192") { title } }`, accept))).toEqual({
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
])("%s says to come again", async (path) => {
  const answer = await ask(`${urls[0]}${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer).toEqual({
    ...away,
    body: { errors: [{ message: text, extensions: { code: "UNAVAILABLE" } }] },
  });
});

it("POST /ingest says when the rest may be sent", async () => {
  const response = await fetch(`${urls[0]}/ingest`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: paper(1).text,
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "UNAVAILABLE" } }] });
});

it("a subscription is told so in its stream, which ends without an id, so that clients come again", async () => {
  for (const url of urls) {
    const response = await fetch(`${url}/graphql?query=${encodeURIComponent(subscription)}`, {
      headers: { accept: "text/event-stream", "last-event-id": "0" },
    });
    expect(response.status).toBe(200);
    const blocks = (await response.text()).split("\n\n");
    // Where others follow already it opens, and reads the table then.
    const [last, rest] = [blocks.at(-2), blocks.at(-1)];
    expect(rest).toBe("");
    expect(new Set(blocks.slice(0, -2))).toEqual(new Set(url === urls[0] ? ["id: 0\n:"] : []));
    const [retry, event, data, ...more] = last?.split("\n") ?? [];
    expect([retry, event, more]).toEqual(["retry: 5000", "event: next", []]);
    expect(JSON.parse(data?.slice("data: ".length) ?? "")).toMatchObject({ errors: [unavailable] });
  }
});

it("what needs no database is answered, and /ready says what is missing", async () => {
  expect((await ask(`${urls[0]}/pith-mirrors.json`)).status).toBe(200);
  expect((await ask(`${urls[0]}/health`)).status).toBe(200);
  expect(await ask(`${urls[0]}/ready`)).toMatchObject({ status: 503, body: { database: "does not answer" } });
});

it("once it is back all is answered, and streams that were open go on", async () => {
  await postgres.startAgain();
  for (const url of urls) {
    const { status, body } = await ask(`${url}/graphql`, asked(title));
    expect([status, body.errors]).toEqual([200, undefined]);
    expect((await ask(`${url}/feed`)).status).toBe(200);
  }
  await ingestTexts(database, [
    documentOf({ arxivId: "2501.00001", title: "After it", submittedAt: "2025-01-01T00:00:00Z" }).text,
  ]);
  const told = await stream.next();
  expect(told?.data.data?.["paperChanged"]).toMatchObject({ paper: { title: "After it" } });
});

/** A busy machine may need longer for a connection than such a short wait allows. */
async function connectAtLast({ pool }: Database): Promise<pg.PoolClient> {
  for (;;) {
    try {
      return await pool.connect();
    } catch {
      // Once more.
    }
  }
}

it("who waits too long for a connection is told to come again", async () => {
  const narrow = openDatabase({
    connection: database.connection,
    maximumConnections: 1,
    connectionMilliseconds: 20,
  });
  const app = createApp({ database: narrow, logError: () => {} });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  const holder = await connectAtLast(narrow);
  expect(await ask(`${server.url}/feed`)).toMatchObject({ status: 503, retryAfter: "5" });
  expect(await ask(`${server.url}/graphql`, asked(title))).toEqual(away);
  holder.release();
  expect((await ask(`${server.url}/feed`)).status).toBe(200);
  await server.close();
  await narrow.close();
});
