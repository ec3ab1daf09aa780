import { readdirSync, statSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { closedConnections } from "../../src/runtime/channels.ts";
import { Connection, ConnectionTracker, type UnreadLimits } from "../../src/server/connection-limits.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { documentOf } from "../api/fixtures/documents.ts";
import { ingestTexts } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { exchange, pipelined, sendUnread } from "./sockets.ts";

const limits: UnreadLimits = {
  totalBytes: 8_000_000,
  connectionBytes: 4_000_000,
  unreadMilliseconds: 60_000,
  checkMilliseconds: 10,
  pipelinedRequests: 200,
};

type Route = [name: string, target: () => string, headers?: string];

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Resolves with the reasons once `count` connections have been ended. */
function endings(count: number): Promise<string[]> {
  const reasons: string[] = [];
  return new Promise((resolve) => {
    closing.push(
      closedConnections.subscribe((reason) => {
        reasons.push(reason);
        if (reasons.length === count) resolve(reasons);
      }),
    );
  });
}

function closeLater(sockets: readonly Socket[]): void {
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
  });
}

describe("a server with clients that do not read", () => {
  let database: TestDatabase;
  let server: RunningServer;
  const suffixes: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const documents = Array.from({ length: 40 }, (_, nth) =>
      documentOf({
        arxivId: `2501.${String(nth).padStart(5, "0")}`,
        version: 1,
        title: `A title ${nth} `.repeat(20_000),
        submittedAt: "2025-01-01T00:00:00Z",
      }),
    );
    await ingestTexts(
      database,
      documents.map(({ text }) => text),
    );
    const { rows } = await database.pool.query<{ suffix: string }>(
      "SELECT substr(pith_number, 11) AS suffix FROM records",
    );
    suffixes.push(...rows.map(({ suffix }) => suffix));
  });
  afterAll(() => database.drop());

  const folder = new URL("../../dist/explorer/assets/", import.meta.url);
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const sizeOf = (name: string) => statSync(new URL(name, folder)).size;
  // The largest: smaller ones fit into the kernel's buffers, however many are requested.
  const [script = ""] = scripts.sort((one, other) => sizeOf(other) - sizeOf(one));
  const events = 'subscription { paperChanged(afterPosition: "0") { paper { a: title b: title c: title } } }';
  const routes: Route[] = [
    ["GraphQL's JSON", () => `/graphql?query=${encodeURIComponent("{papers(first:20){nodes{title}}}")}`],
    ["event streams", () => `/graphql?query=${encodeURIComponent(events)}`, "Accept: text/event-stream\r\n"],
    ["states", () => `/pith/${suffixes[0]}/state.json`],
    ["bundles", () => `/pith/${suffixes[0]}/bundle.json`],
    ["well-known bundles", () => `/.well-known/pith/${suffixes[0]}/bundle.json`],
    ["exports", () => "/export/papers.ndjson"],
    ["the explorer's files", () => `/assets/${script}`],
  ];

  /** @threat T44 */
  it.each<Route>(routes)(
    "ends connections that do not read %s, and answers others",
    async (_name, target, headers) => {
      const app = createApp({
        database,
        exports: { isPublic: true, tokens: [] },
        streamTimes: { heartbeat: 20 },
        logError: () => {},
      });
      server = await startServer({
        app,
        port: 0,
        host: "127.0.0.1",
        connections: { ...limits, unreadMilliseconds: 300 },
      });
      closing.push(() => server.close());
      const count = target().startsWith("/export") ? 1 : 4;
      const ended = endings(count);
      closeLater(
        await Promise.all(
          Array.from({ length: count }, () => sendUnread(server.url, pipelined(target(), 200, headers))),
        ),
      );
      const answer = await fetch(`${server.url}/graphql?query={status{papers}}`);
      expect(await answer.json()).toEqual({ data: { status: { papers: 40 } } });
      await ended;
      // What is left is what others read.
      await expect.poll(() => server.unreadBytes()).toBe(0);
    },
  );
});

/** A separate server that gives all requests the same answer. */
async function serve(answer: RequestListener, own: Partial<UnreadLimits> = {}) {
  const connections = new ConnectionTracker({ ...limits, ...own });
  const server = createServer((request, response) => connections.handle(request, response, answer));
  connections.follow(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { connections, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** More than the kernel's buffers of one connection hold. */
const large = Buffer.alloc(20_000_000, "x");

describe("limits of bytes", () => {
  it("ends a connection above its own limit of unread bytes at once", async () => {
    const { connections, url } = await serve((_request, response) => response.end(large), {
      checkMilliseconds: 3_600_000,
    });
    const ended = endings(1);
    closeLater([await sendUnread(url, pipelined("/", 1))]);
    expect(await ended).toEqual(["unread bytes"]);
    expect(connections.unreadBytes).toBe(0);
  });

  /** @threat T44 */
  it("keeps all unread bytes below the total limit, and ends first the connections idle for longest", async () => {
    let highest = 0;
    const { connections, url } = await serve(
      (_request, response) => {
        highest = Math.max(highest, connections.unreadBytes);
        response.end(large);
      },
      { totalBytes: 100_000_000, connectionBytes: 30_000_000, checkMilliseconds: 3_600_000 },
    );
    const ended = endings(45);
    const order: number[] = [];
    for (let index = 0; index < 50; index++) {
      const socket = await sendUnread(url, pipelined("/", 1));
      socket.once("close", () => order.push(index));
      closeLater([socket]);
      // The next one is answered after this one has been counted.
      await expect.poll(() => connections.unreadBytes).toBeGreaterThan(0);
    }
    expect(new Set(await ended)).toEqual(new Set(["unread bytes in all"]));
    expect(connections.unreadBytes).toBeLessThanOrEqual(100_000_000);
    expect(highest).toBeLessThanOrEqual(100_000_000 + 2 * large.length);
    expect(highest).toBeGreaterThan(50_000_000);
  });

  /** @threat T44 */
  it("lets a client that reads slowly finish", async () => {
    let connection: Connection | undefined;
    const { url } = await serve(
      (request, response) => {
        connection = new Connection(request.socket);
        response.end(large);
      },
      { connectionBytes: 30_000_000, totalBytes: 30_000_000 },
    );
    const slow = await sendUnread(url, pipelined("/", 1));
    closeLater([slow]);
    await expect.poll(() => connection?.unreadBytes ?? 0).toBeGreaterThan(0);
    const own = connection as Connection;
    // With the test's own clock an hour passes between two looks.
    let now = performance.now();
    const looks = () => {
      now += 3_600_000;
      own.measure(now);
      return own.readAt === now;
    };
    const unread = own.unreadBytes;
    looks();
    for (let step = 0; step < 3; step++) {
      expect(looks()).toBe(false);
      for (let left = 2_000_000; left > 0; ) {
        const chunk = slow.read() as Buffer | null;
        left -= chunk?.length ?? 0;
        if (chunk === null) await new Promise((resolve) => slow.once("readable", resolve));
      }
      // The kernel takes more of the answer a moment later.
      await expect.poll(looks).toBe(true);
      // The answer is one write, which the socket counts in full until it is complete.
      expect(own.unreadBytes).toBe(unread);
      while (looks());
    }
  });

  it("ends a connection that reads a few bytes now and then", async () => {
    const { url } = await serve((_request, response) => response.end(large), {
      connectionBytes: 30_000_000,
      totalBytes: 30_000_000,
      unreadMilliseconds: 300,
    });
    const ended = endings(1);
    const socket = await sendUnread(url, pipelined("/", 1));
    closeLater([socket]);
    const timer = setInterval(() => socket.read(1), 20);
    closing.push(() => clearInterval(timer));
    expect(await ended).toEqual(["unread too long"]);
  });
});

describe("HTTP pipelining", () => {
  /** @threat T39 */
  it("answers pipelined requests one after the other, in their order", async () => {
    let running = 0;
    let most = 0;
    const { url } = await serve((request, response) => {
      running++;
      most = Math.max(most, running);
      setImmediate(() => {
        running--;
        response.end(`<${request.url}>`);
      });
    });
    const requests = Array.from({ length: 50 }, (_, index) => pipelined(`/${index}`, 1)).join("");
    const text = await exchange(url, `${requests}${pipelined("/last", 1, "Connection: close\r\n")}`);
    const answered = [...text.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);
    expect(answered).toEqual([...Array.from({ length: 50 }, (_, index) => String(index)), "last"]);
    expect(most).toBe(1);
  });

  /** @threat T39 */
  it("ends a connection with too many pipelined requests", async () => {
    let begun = 0;
    const { url } = await serve(
      () => {
        begun++;
      },
      { pipelinedRequests: 10 },
    );
    const ended = endings(1);
    expect(await exchange(url, pipelined("/", 1_000))).toBe("");
    expect(await ended).toEqual(["pipelined requests"]);
    expect(begun).toBe(1);
  });

  it("keeps one unread answer for each connection, however many requests are pipelined", async () => {
    let made = 0;
    const { url } = await serve(
      (_request, response) => {
        made++;
        response.end(large);
      },
      { connectionBytes: 30_000_000, totalBytes: 30_000_000, unreadMilliseconds: 200 },
    );
    const ended = endings(1);
    closeLater([await sendUnread(url, pipelined("/", 100))]);
    expect(await ended).toEqual(["unread too long"]);
    expect(made).toBe(1);
  });
});
