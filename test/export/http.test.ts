import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tableFile } from "../../src/export/index.ts";
import { ConnectionTracker, defaultUnreadLimits } from "../../src/server/connection-limits.ts";
import { createExportHandlers } from "../../src/server/export.ts";
import { type App, createApp } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { untilRows } from "../faults/waiting.ts";
import { exported } from "./exported.ts";
import { arxivIdOf, documents, fill } from "./library.ts";

let database: TestDatabase;
const servers: { server: Server; app: App }[] = [];
let open: string;
let closed: string;
const token = "a-token-of-forty-three-characters-or-more-so";

async function serve(exports: Parameters<typeof createApp>[0]["exports"]): Promise<string> {
  const app = createApp({ database, ...(exports !== undefined && { exports }) });
  const server = createServer(app.handle).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  servers.push({ server, app });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database, documents.slice(0, 5));
  open = await serve({ isPublic: true, tokens: [] });
  closed = await serve({
    isPublic: false,
    tokens: [{ name: "ada", sha256: createHash("sha256").update(token).digest() }],
  });
});
afterAll(async () => {
  for (const { server, app } of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await app.close();
  }
  await database.drop();
});

const errorOf = async (response: Response) => {
  const body = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
  return { status: response.status, code: body.errors[0]?.extensions.code, message: body.errors[0]?.message };
};

test.each(["csv", "ndjson", "parquet"] as const)(
  "GET /export/papers.%s sends the bytes that the command writes",
  async (format) => {
    const response = await fetch(`${open}/export/papers.${format}`);
    expect(response.status).toBe(200);
    const { bytes } = await exported(database, tableFile("papers", format));
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="papers.${format}"`);
    expect(response.headers.get("x-pith-graph-checksum")).toMatch(/^[0-9a-f]{64}$/);
  },
);

/** @threat T49 */
test("GET /export answers 401 without a configured token", async () => {
  const ask = (authorization?: string) =>
    fetch(`${closed}/export/papers.csv`, { headers: authorization === undefined ? {} : { authorization } });
  expect(await errorOf(await ask())).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  expect(await errorOf(await ask("Bearer wrong"))).toMatchObject({ status: 401 });
  expect((await ask(`Bearer ${token}`)).status).toBe(200);
  const unset = await serve(undefined);
  expect(await errorOf(await fetch(`${unset}/export`))).toMatchObject({
    status: 401,
    message: expect.stringContaining("PITH_GRAPH_EXPORT"),
  });
});

test("GET /export sends graphs and bibliographies of the works in ref", async () => {
  const graph = await fetch(`${open}/export/graph.graphml?ref=${arxivIdOf(1)}&depth=1&direction=references`);
  expect((await graph.text()).match(/<node /g)).toHaveLength(5);
  const network = await fetch(`${open}/export/vosviewer-network.txt?ref=${arxivIdOf(1)}&direction=cited-by`);
  expect(await network.text()).toMatch(/^(?:\d+\t\d+\t1\n)+$/);
  const bibliography = await fetch(`${open}/export/papers.bib?ref=${arxivIdOf(1)}&ref=${arxivIdOf(2)}`);
  expect((await bibliography.text()).match(/^@misc/gm)).toHaveLength(2);
  const list = (await (await fetch(`${open}/export`)).json()) as {
    files: { path: string }[];
    tables: unknown[];
  };
  expect(list.tables).toHaveLength(7);
  for (const { path } of list.files) {
    const head = await fetch(open + path, { method: "HEAD" });
    expect([path, head.status, await head.text()]).toEqual([path, 200, ""]);
  }
});

describe("a partial export", () => {
  test("continues after a row with If-Match, and is answered with 412 SET_CHANGED after an ingest", async () => {
    const url = `${open}/export/claims.ndjson`;
    const complete = await fetch(url);
    const text = await complete.text();
    const tag = complete.headers.get("etag") ?? "";
    const half = text.slice(0, text.indexOf("\n", text.length / 2) + 1);
    const last = JSON.parse(half.trimEnd().split("\n").at(-1) ?? "") as {
      pith_number: string;
      ordinal: number;
    };
    const after = `${url}?after=${encodeURIComponent(JSON.stringify([last.pith_number, last.ordinal]))}`;
    const rest = await fetch(after, { headers: { "if-match": tag } });
    expect(half + (await rest.text())).toBe(text);
    expect(await errorOf(await fetch(after))).toMatchObject({
      status: 400,
      message: expect.stringContaining("If-Match"),
    });
    expect((await fetch(url, { headers: { "if-none-match": tag } })).status).toBe(304);

    await fill(database, documents.slice(5));
    expect(await errorOf(await fetch(after, { headers: { "if-match": tag } }))).toMatchObject({
      status: 412,
      code: "SET_CHANGED",
    });
    expect((await fetch(url, { headers: { "if-none-match": tag } })).status).toBe(200);
  });
});

test.each([
  ["papers.csv?after=x", "after"],
  ["papers.parquet?after=%5B%22x%22%5D", "Parquet"],
  ["papers.csv?limit=1", "limit"],
  ["papers.csv?raw=yes", "raw"],
  ["papers.ndjson?bom=true", "CSV"],
  ["graph.net?depth=11", "depth"],
  ["graph.net?depth=1&depth=2", "depth"],
  ["graph.net?direction=constructor", "direction"],
  ["graph.net?maximum-works=0", "maximum-works"],
  ["graph.net?ref=what%20is%20this", "names no paper"],
  ["papers.bib?category=%00", "category"],
  [`papers.bib?${"ref=2301.00001&".repeat(101)}`, "100"],
])("GET /export/%s is rejected with BAD_USER_INPUT naming %s", async (path, message) => {
  const error = await errorOf(await fetch(`${open}/export/${path}`));
  expect(error).toMatchObject({
    status: 400,
    code: "BAD_USER_INPUT",
    message: expect.stringContaining(message),
  });
});

/** @input I29, I30 */
test("GET /export/papers.csv escapes formulas by default, with raw and bom as options", async () => {
  const bytesOf = async (query: string) =>
    Buffer.from(await (await fetch(`${open}/export/papers.csv${query}`)).arrayBuffer());
  const safe = await bytesOf("");
  expect(safe.toString()).toContain(`"'=HYPERLINK(`);
  expect((await bytesOf("?raw=true")).toString()).toContain(`"=HYPERLINK(`);
  const marked = await bytesOf("?raw=false&bom=true");
  expect(marked.toString("hex")).toBe(`efbbbf${safe.toString("hex")}`);
});

test("GET /export/papers.csl.json keeps the order of ref, including works that are only cited", async () => {
  const refs = ["2301.00001", '10.1000/a"b;c,d', "2301.00000"].map((ref) => `ref=${encodeURIComponent(ref)}`);
  const items = (await (await fetch(`${open}/export/papers.csl.json?${refs.join("&")}`)).json()) as {
    number?: string;
    DOI?: string;
  }[];
  expect(items.map(({ number, DOI }) => number ?? DOI)).toEqual([
    "arXiv:2301.00001",
    '10.1000/a"b;c,d',
    "arXiv:2301.00000",
  ]);
});

test("GET /export answers 404 to unknown files and papers, and 405 to POST", async () => {
  for (const path of ["papers.xml", "toString", "", "papers.csv/"]) {
    expect((await fetch(`${open}/export/${path}`)).status).toBe(404);
  }
  expect(await errorOf(await fetch(`${open}/export/papers.bib?ref=9999.99999`))).toMatchObject({
    status: 404,
  });
  expect((await fetch(`${open}/export/papers.csv`, { method: "POST" })).status).toBe(405);
});

/** @threat T49 */
test("a client that disconnects during an export frees its database connection", async () => {
  const response = await new Promise<IncomingMessage>((resolve) =>
    get(`${open}/export/references.ndjson`, resolve),
  );
  response.destroy();
  // All connections of the pool are available again: a lost one is replaced.
  const clients = await Promise.all(Array.from({ length: 10 }, () => database.pool.connect()));
  for (const client of clients) client.release();
  expect((await fetch(`${open}/export/works.csv`)).status).toBe(200);
});

/** @threat T49 */
test("a third concurrent export is answered with 429 RATE_LIMITED and Retry-After", async () => {
  const holder = await database.pool.connect();
  await holder.query("BEGIN; LOCK TABLE papers IN ACCESS EXCLUSIVE MODE");
  // A server of its own: exports of the tests above may still be ending.
  const address = await serve({ isPublic: true, tokens: [] });
  const first = [1, 2].map(() => fetch(`${address}/export/papers.csv`));
  const waiting = `SELECT FROM pg_locks WHERE relation = 'papers'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  await untilRows(holder, waiting, 2);
  const third = await fetch(`${address}/export/works.csv`);
  expect(third.headers.get("retry-after")).toBe("10");
  expect(await errorOf(third)).toMatchObject({ status: 429, code: "RATE_LIMITED" });
  await holder.query("ROLLBACK");
  holder.release();
  for (const response of await Promise.all(first)) {
    expect(response.status).toBe(200);
    await response.text();
  }
  await expect.poll(async () => (await fetch(`${address}/export/works.csv`)).status).toBe(200);
});

/** @threat T49 */
test("an export that is not read is ended, counting only time in which there is something to read", async () => {
  // More than the buffers of the connection hold.
  await database.pool.query(
    `INSERT INTO works (work_id, key, cited_by_count, citing_paper_count, reference_count)
     SELECT n, 'x:' || n, 0, 0, 0 FROM generate_series(1, 200000) AS n`,
  );
  const { file } = createExportHandlers(database, { isPublic: true, tokens: [] });
  const path = "/export/works.ndjson";
  const limits = { ...defaultUnreadLimits(2 ** 28), unreadMilliseconds: 100, checkMilliseconds: 20 };
  const connections = new ConnectionTracker(limits);
  const server = createServer((request, response) =>
    connections.handle(request, response, (request, response) => file(request, response, ["works.ndjson"])),
  );
  connections.follow(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;

  const holder = await database.pool.connect();
  await holder.query("BEGIN; LOCK TABLE works IN ACCESS EXCLUSIVE MODE");
  const answer = fetch(url);
  await untilRows(holder, "SELECT FROM pg_locks WHERE relation = 'works'::regclass AND NOT granted");
  await setTimeout(300);
  await holder.query("ROLLBACK");
  holder.release();
  expect((await (await answer).text()).split("\n").length).toBeGreaterThan(200_000);

  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, resolve).on("error", reject),
  );
  // Nothing is read until the server has ended it.
  const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(open, { timeout: 20_000 }).toBe(0);
  await expect(response.toArray()).rejects.toMatchObject({ code: "ECONNRESET" });
  const snapshots = `SELECT FROM pg_stat_activity
    WHERE state = 'idle in transaction' AND datname = current_database()`;
  await expect.poll(async () => (await database.pool.query(snapshots)).rowCount).toBe(0);
  await database.pool.query("DELETE FROM works WHERE key LIKE 'x:%'");
  server.close();
});
