import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { pipelined, sendUnread } from "./sockets.ts";

let database: TestDatabase;
let server: RunningServer;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

/** The answer as sent: fetch would decompress it, and request encodings itself. */
function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      httpRequest(`${server.url}${path}`, { headers }, async (response) => {
        const body = Buffer.concat((await response.toArray()) as Buffer[]);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      })
        .on("error", reject)
        .end();
    },
  );
}

const asBrowser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const page = () => get("/graphql", asBrowser);
const namesIn = (html: string) =>
  [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, name]) => `/${name}`);

describe("GraphiQL", () => {
  it("is a page below 2 kB without inline scripts, with a content security policy", async () => {
    const { status, headers, body } = await page();
    expect(status).toBe(200);
    expect(body.length).toBeLessThan(2_000);
    expect(body.toString()).not.toMatch(/<script(?![^>]* src=)/);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["vary"]).toContain("Accept");
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src 'self'(;|$)/);
  });

  it("answers 304 to a browser that has the page", async () => {
    const { headers } = await page();
    const again = await get("/graphql", { ...asBrowser, "if-none-match": String(headers["etag"]) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const other = await get("/graphql", { ...asBrowser, "if-none-match": '"another"' });
    expect(other.status).toBe(200);
  });

  it("serves immutable files, with the same bytes in each encoding", async () => {
    const names = namesIn((await page()).body.toString());
    expect(names).toHaveLength(4);
    // The icon is too small to be compressed.
    for (const name of names.filter((name) => !name.endsWith(".svg"))) {
      const plain = await get(name);
      const br = await get(name, { "accept-encoding": "gzip, br" });
      const gzip = await get(name, { "accept-encoding": "gzip" });
      expect([plain.status, br.status, gzip.status], name).toEqual([200, 200, 200]);
      expect([br.headers["content-encoding"], gzip.headers["content-encoding"]]).toEqual(["br", "gzip"]);
      expect(brotliDecompressSync(br.body).equals(plain.body), name).toBe(true);
      expect(gunzipSync(gzip.body).equals(plain.body), name).toBe(true);
      expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      expect(plain.headers["x-content-type-options"]).toBe("nosniff");
    }
    const start = (await get(names.find((name) => name.includes("/start-graphiql-")) ?? "")).body.toString();
    const workers = [...start.matchAll(/"([a-z]+-worker-[\w-]+\.js)"/g)].map(([, name]) => name);
    expect(workers).toHaveLength(3);
    for (const name of workers) expect((await get(`/assets/${name}`)).status).toBe(200);
    expect((await get("/assets/none-01234567.js")).status).toBe(404);
  });

  it("answers JSON to clients that do not ask for a page", async () => {
    for (const accept of ["application/json", "*/*", "application/graphql-response+json"]) {
      const { headers } = await get("/graphql?query={__typename}", { accept });
      expect(headers["content-type"], accept).toContain("json");
    }
  });

  /** @threat T42 */
  it("keeps one copy in memory for 300 clients that do not read it", async () => {
    const [, , script = ""] = namesIn((await page()).body.toString());
    await get(script);
    const before = process.memoryUsage();
    const sockets: Socket[] = [];
    for (let count = 0; count < 300; count++) {
      const header = count % 2 === 0 ? "Accept: text/html\r\n" : "";
      sockets.push(await sendUnread(server.url, pipelined(count % 2 === 0 ? "/graphql" : script, 1, header)));
    }
    await get("/health");
    const after = process.memoryUsage();
    for (const socket of sockets) socket.destroy();
    // 150 copies of the script are 790 MB, 150 pages with everything in them 1.4 GB.
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50_000_000);
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(100_000_000);
  });
});

describe("an unknown path", () => {
  it("shows a browser the explorer's page with status 404, and other clients an error", async () => {
    for (const path of ["/nowhere", "/a/b/c", "/export/nothing", "/Paper/x"]) {
      const shown = await get(path, asBrowser);
      expect([shown.status, shown.headers["content-type"]], path).toEqual([404, "text/html; charset=utf-8"]);
      expect(shown.headers["content-security-policy"]).toContain("script-src 'self'");
      const asset = /src="([^"]+)"/.exec(shown.body.toString())?.[1] ?? "";
      const { pathname } = new URL(asset, `${server.url}${path}`);
      expect((await get(pathname)).status, pathname).toBe(200);
      for (const accept of ["*/*", "application/json", "image/png"]) {
        const refused = await get(path, { accept });
        expect(refused.status).toBe(404);
        expect(JSON.parse(refused.body.toString()).errors[0].extensions.code).toBe("NOT_FOUND");
      }
    }
  });
});
