import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createApp, startServer } from "../../src/server/index.ts";
import { ChangeWatch } from "../../src/server/live-changes.ts";
import { type FollowMirrorOptions, followMirror } from "../../src/sync/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import {
  atOnce,
  headOf,
  ingestTexts,
  listen,
  localFetcher,
  localPolicy,
  papers,
  serveMirror,
  statesOf,
} from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await Promise.all([a.drop(), b.drop()]);
});

const hour = 3_600_000;
const texts = (count: number, start = 0) => papers(count, start).map(({ text }) => text);

/** B follows A, which ingests each wave after B has imported the one before; ends after the last. */
async function followThrough(
  baseUrl: string,
  waves: string[][],
  interval: NonNullable<FollowMirrorOptions["interval"]>,
): Promise<void> {
  const stop = new AbortController();
  const fetcher = localFetcher();
  closing.push(async () => fetcher.close());
  await followMirror(b, {
    baseUrl,
    fetcher,
    policy: localPolicy,
    retry: atOnce,
    keyring,
    minimumProof: "signed",
    maximumBytes: 1_000_000,
    signal: stop.signal,
    interval,
    onSynced: ({ documents }) => {
      if (documents === 0) return;
      const wave = waves.shift();
      if (wave === undefined) stop.abort();
      else void ingestTexts(a, wave, "signed");
    },
  });
}

async function expectEqual(): Promise<void> {
  expect(await statesOf(b)).toEqual(await statesOf(a));
  expect((await headOf(b)).checksum).toBe((await headOf(a)).checksum);
}

it("a follower imports new papers at once by waiting for the feed, not at its interval", async () => {
  await ingestTexts(a, texts(2), "signed");
  const server = await serveMirror(a);
  closing.push(server.close);
  await followThrough(server.url, [texts(2, 10), texts(2, 20), texts(1, 30)], { min: hour, max: hour });
  await expectEqual();
  expect(server.requests.filter((url) => url.includes("wait=25")).length).toBeGreaterThanOrEqual(3);
});

it("a follower polls a mirror that does not support waiting", async () => {
  await ingestTexts(a, texts(2), "signed");
  const server = await serveMirror(a, (request) => {
    request.url = request.url?.replace(/&wait=\d+/, "") ?? "";
    return false;
  });
  closing.push(server.close);
  await followThrough(server.url, [texts(2, 10), texts(1, 20)], { min: 1, max: 5 });
  await expectEqual();
});

it("a follower does not keep requesting from a mirror that announces changes and has none", async () => {
  await ingestTexts(a, texts(1), "signed");
  const stop = new AbortController();
  const looks: number[] = [];
  const server = await serveMirror(a, (request, response) => {
    if (!request.url?.includes("wait=")) return false;
    const hash = "a".repeat(64);
    const feed = { feed_type: "pith_graph_feed", feed_version: "1.0", changes: [] };
    const position = { position: 9, checksum: hash };
    response.end(JSON.stringify({ ...feed, after: position, head: position }));
    return true;
  });
  closing.push(server.close);
  const fetcher = localFetcher();
  closing.push(async () => fetcher.close());
  await followMirror(b, {
    baseUrl: server.url,
    fetcher,
    policy: localPolicy,
    keyring,
    minimumProof: "signed",
    maximumBytes: 1_000_000,
    signal: stop.signal,
    interval: { min: 1, max: 1 },
    onSynced: ({ documents }) => {
      looks.push(documents);
      if (looks.length === 4) stop.abort();
    },
  });
  // One document; changes announced without any; a pause; announced again.
  expect(looks).toEqual([1, 0, 0, 0]);
  expect(server.requests.filter((url) => url.includes("wait=")).length).toBeLessThanOrEqual(3);
});

/** @threat T46 */
it("the ninth waiting request of an address is answered at once, and a stopping server answers all", async () => {
  const app = createApp({ database: a });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  let answered = 0;
  const waiting = Array.from({ length: 9 }, async () => {
    const response = await fetch(`${server.url}/feed?wait=30`);
    answered++;
    return [response.status, await response.json()];
  });
  await Promise.race(waiting);
  expect(answered).toBe(1);
  await server.close();
  for (const [status, page] of await Promise.all(waiting)) {
    expect([status, page]).toMatchObject([200, { changes: [], head: { position: 0 } }]);
  }
});

it("ChangeWatch limits waits in total and for each address, and /feed rejects an invalid wait with 400", async () => {
  const watch = new ChangeWatch(a, { total: 3, perAddress: 2 });
  closing.push(() => watch.close());
  const begin = (address: string) => watch.begin(address, hour);
  const [first, second, third, fourth] = [begin("x"), begin("x"), begin("x"), begin("y")];
  expect([first, second, third, fourth].map((wait) => wait !== null)).toEqual([true, true, false, true]);
  expect(begin("z")).toBeNull();
  first?.end();
  const fifth = begin("z");
  expect(fifth).not.toBeNull();
  // A wait reports a change when listening begins, and then with each commit.
  expect(await fifth?.changed()).toBe(true);
  await ingestTexts(a, texts(1), "signed");
  expect(await fifth?.changed()).toBe(true);
  watch.stopWaiting();
  expect(await fourth?.changed()).toBe(true);
  expect(await fourth?.changed()).toBe(false);
  expect(begin("x")).toBeNull();
  const server = await serveMirror(a);
  closing.push(server.close);
  for (const wait of ["31", "-1", "x", "1.5"]) {
    expect((await fetch(`${server.url}/feed?wait=${wait}`)).status).toBe(400);
  }
  // There are changes, so it does not wait.
  expect((await fetch(`${server.url}/feed?after=0&wait=30`)).status).toBe(200);
});

it("an answer that was requested to wait is not TOO_SLOW", async () => {
  const pending: ServerResponse[] = [];
  const server = await listen((_request, response) => pending.push(response));
  closing.push(server.close);
  const fetcher = localFetcher({ minBytes: 1000, window: 20 });
  closing.push(async () => fetcher.close());
  const options = { maximumBytes: 1000, signal: new AbortController().signal };
  const patient = fetcher.fetch(new URL(`${server.url}/patient`), { ...options, requestedWait: hour });
  await expect(fetcher.fetch(new URL(server.url), options)).rejects.toMatchObject({ code: "TOO_SLOW" });
  for (const response of pending) response.end("here");
  expect((await patient).toString()).toBe("here");
});
