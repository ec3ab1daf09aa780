import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createExplorerHandlers,
  type ExplorerHandlers,
  explorerFilePattern,
  explorerPagePattern,
} from "../../src/server/explorer.ts";
import { answerRoute, createRouter, pathOf, readOnly } from "../../src/server/http/router.ts";

let empty: string;
let server: Server;
let unbuilt: Server;

/** The explorer's routes without other routes: of the build, and of an empty folder. */
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), "pith-graph-explorer-"));
  server = await listen(createExplorerHandlers());
  unbuilt = await listen(createExplorerHandlers(empty));
});

afterAll(async () => {
  server.close();
  unbuilt.close();
  await rm(empty, { recursive: true, force: true });
});

async function listen({ page, file }: ExplorerHandlers): Promise<Server> {
  const routeOf = createRouter([
    { name: "explorer", methods: readOnly, pattern: explorerFilePattern, handle: file },
    { name: "explorer", methods: readOnly, pattern: explorerPagePattern, handle: page },
  ]);
  const created = createServer(async (request, response) => {
    const found = routeOf(pathOf(request));
    if (found !== null) return answerRoute(found, request, response);
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("no route");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => created.once("listening", resolve));
  return created;
}

type Answer = {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
};

/** The answer as sent over the wire. Unlike fetch, sends the path unchanged and decompresses nothing. */
function get(
  path: string,
  headers: Record<string, string> = {},
  from = server,
  method = "GET",
): Promise<Answer> {
  const { port } = from.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    httpRequest({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", reject)
      .end();
  });
}

async function scriptPath(): Promise<string> {
  const page = (await get("/")).body.toString();
  return `/${/src="\.\/(assets\/[^"]+\.js)"/.exec(page)?.[1]}`;
}

describe("the explorer's page", () => {
  it("is served at each of its paths, with asset addresses relative to the path", async () => {
    for (const [path, up] of [
      ["/", "./"],
      ["/search?q=a/b", "./"],
      ["/graph?of=x", "./"],
      ["/overview", "./"],
      ["/paper/2302.12192", "../"],
      ["/paper/hep-th/9711200", "../../"],
      ["/paper/https%3A//doi.org/10.1000/a/b", "../../../../../../"],
    ] as const) {
      const { status, headers, body } = await get(path);
      expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
      const addresses = [...body.toString().matchAll(/(?:src|href)="([^"]+)"/g)].map(
        ([, address]) => address,
      );
      expect(addresses.length).toBeGreaterThan(2);
      for (const address of addresses) {
        const asset = new URL(address ?? "", `http://host/prefix${path}`).pathname;
        expect(asset, path).toMatch(/^\/prefix\/assets\//);
        expect(address?.startsWith(up), path).toBe(true);
      }
    }
  });

  /** @threat T23 */
  it("contains no inline script or style, and forbids them with a content security policy", async () => {
    const { headers, body } = await get("/");
    expect(headers).toMatchObject({ "referrer-policy": "same-origin", "x-content-type-options": "nosniff" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(body.toString()).not.toMatch(/<style|<script(?![^>]* src=)|style="| on\w+=/);
  });

  it("is revalidated each time, and answered with 304 if unchanged", async () => {
    const { headers } = await get("/");
    expect(headers["cache-control"]).toBe("no-cache");
    const again = await get("/", { "if-none-match": String(headers["etag"]) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    // At another depth the addresses of its assets differ.
    expect((await get("/paper/x", { "if-none-match": String(headers["etag"]) })).status).toBe(200);
    const head = await get("/", {}, server, "HEAD");
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it("answers 503 with the build command until it is built", async () => {
    const missing = await get("/", {}, unbuilt);
    expect(missing.status).toBe(503);
    expect(missing.body.toString()).toContain("npm run build");
    await mkdir(join(empty, "assets"));
    await writeFile(join(empty, "index.html"), '<script src="./assets/a.js"></script>');
    await writeFile(join(empty, "assets", "a.js"), "1;");
    expect((await get("/paper/x", {}, unbuilt)).body.toString()).toBe(
      '<script src="../assets/a.js"></script>',
    );
    // The build does not compress small files.
    const script = await get("/assets/a.js", { "accept-encoding": "br, gzip" }, unbuilt);
    expect([script.headers["content-encoding"], script.body.toString()]).toEqual([undefined, "1;"]);
  });
});

describe("the explorer's assets", () => {
  it("are immutable for caches, and compressed with an encoding that the client accepts", async () => {
    const path = await scriptPath();
    const plain = await get(path);
    expect(plain.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "Accept-Encoding",
    });
    const brotli = await get(path, { "accept-encoding": "gzip, deflate, br" });
    expect(brotli.headers["content-encoding"]).toBe("br");
    expect(brotliDecompressSync(brotli.body)).toEqual(plain.body);
    const gzip = await get(path, { "accept-encoding": "gzip, br;q=0" });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotli.body.length).toBeLessThan(gzip.body.length);
    expect(gzip.body.length).toBeLessThan(plain.body.length / 2);
  });

  /** @threat T24 */
  it("are only the files in their folder with plain names; other paths are 404", async () => {
    for (const path of [
      "/assets/nothing.js",
      "/assets/",
      "/assets/../index.html",
      "/assets/..%2findex.html",
      "/assets/.built.js",
      "/assets/x/../../index.js",
      `${await scriptPath()}.br`,
      "/.built",
      "/index.html",
      "/paper/",
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });

  it("take less than 60 kB of gzipped script for the first view", async () => {
    let bytes = 0;
    const seen = new Set<string>();
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { body } = await get(path, { "accept-encoding": "gzip" });
      bytes += body.length;
      const { body: source } = await get(path);
      // Static imports only: dynamic ones are fetched later.
      for (const [, name] of source.toString().matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) {
        await follow(`/assets/${name}`);
      }
    };
    await follow(await scriptPath());
    const home = /"?\.\/(home-[\w-]+\.js)"?/.exec((await get(await scriptPath())).body.toString())?.[1];
    expect(home).toBeDefined();
    await follow(`/assets/${home}`);
    expect(seen.size).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(60_000);
  });
});
