import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { ingestTexts, seedText } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { EventStream } from "../live/event-source.ts";

/* Each limit per address applies to the client that a trusted proxy names, not to the proxy. */
let database: TestDatabase;
let server: RunningServer;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => database.drop());

async function serve(trustedProxies: number, requestsPerMinute = 0): Promise<void> {
  const app = createApp({
    database,
    rate: { requestsPerMinute, trustedProxies },
    streamTimes: { heartbeat: 20 },
    logError: () => {},
  });
  server = await startServer({ app, port: 0, host: "127.0.0.1" });
  closing.push(() => server.close());
}

const client = (number: number) => ({ "x-forwarded-for": `198.51.100.${number}` });

async function openStream(headers: Record<string, string>): Promise<EventStream> {
  const stream = await EventStream.open(server.url, "subscription { paperChanged { position } }", {
    headers,
  });
  closing.push(() => stream.close());
  return stream;
}

async function codeOfNext(stream: EventStream): Promise<unknown> {
  return (await stream.next())?.data.errors?.[0]?.extensions["code"];
}

describe("a server behind one trusted proxy", () => {
  /** @threat T38 */
  /** @input I7 */
  it("opens 33 streams for 33 clients, and rejects the 33rd of one client with RATE_LIMITED", async () => {
    await serve(1);
    const streams = await Promise.all(Array.from({ length: 33 }, (_, index) => openStream(client(index))));
    await Promise.all(streams.map((stream) => stream.beats(2)));
    const ofOne = await Promise.all(Array.from({ length: 32 }, () => openStream(client(99))));
    await Promise.all(ofOne.map((stream) => stream.beats(2)));
    expect(await codeOfNext(await openStream(client(99)))).toBe("RATE_LIMITED");
  });

  /** @input I7 */
  it("lets 9 clients wait for the feed, but only 8 requests of one client", async () => {
    await serve(1);
    const head = ((await (await fetch(`${server.url}/feed`)).json()) as { head: { position: number } }).head;
    const wait = (headers: Record<string, string>) =>
      fetch(`${server.url}/feed?after=${head.position}&wait=30`, { headers }).then(() => answered++);
    let answered = 0;
    const waiting = Array.from({ length: 9 }, (_, index) => wait(client(index)));
    // A rejected wait would be answered before these requests.
    for (let count = 0; count < 5; count++) await fetch(`${server.url}/feed`);
    expect(answered).toBe(0);
    const ofOne = Array.from({ length: 9 }, () => wait(client(99)));
    await Promise.race(ofOne);
    await closing.pop()?.();
    await Promise.all([...waiting, ...ofOne]);
  });

  /** @input I7 */
  it("answers 429 to a client beyond its requests per minute, and 200 to others", async () => {
    await serve(1, 2);
    const statusOf = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/feed`, { headers })).status;
    const statuses = [await statusOf(client(1)), await statusOf(client(1)), await statusOf(client(1))];
    expect(statuses).toEqual([200, 200, 429]);
    expect(await statusOf(client(2))).toBe(200);
    // Entries that the client sent precede the one that the proxy adds.
    expect(await statusOf({ "x-forwarded-for": "203.0.113.77, 198.51.100.1" })).toBe(429);
  });
});

it("a server without a trusted proxy ignores X-Forwarded-For and limits streams by connection address", async () => {
  await serve(0);
  const streams = await Promise.all(Array.from({ length: 32 }, (_, index) => openStream(client(index))));
  await Promise.all(streams.map((stream) => stream.beats(2)));
  expect(await codeOfNext(await openStream(client(99)))).toBe("RATE_LIMITED");
});

/** @threat T38 */
it("the rate limit applies to all routes except /health and /ready", async () => {
  const suffix = "ROU4N4IR";
  const routes = [
    "/graphql?query={__typename}",
    "/feed",
    "/pith-mirrors.json",
    `/pith/${suffix}/state.json`,
    `/pith/${suffix}/bundle.json`,
    `/.well-known/pith/${suffix}/bundle.json`,
    `/pith/${suffix}.json`,
    "/export",
    "/ingest",
    "/ingest/x",
    "/",
    "/search",
    "/assets/x.js",
    "/nowhere",
  ];
  for (const route of routes) {
    await serve(1, 1);
    const statusOf = async (path: string) =>
      (await fetch(`${server.url}${path}`, { headers: client(1), redirect: "manual" })).status;
    expect(await statusOf(route), route).not.toBe(429);
    expect(await statusOf(route), route).toBe(429);
    expect([await statusOf("/health"), await statusOf("/ready")]).toEqual([200, 200]);
    await closing.pop()?.();
  }
});
