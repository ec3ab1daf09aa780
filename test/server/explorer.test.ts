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
} from "../../src/server/explorer/handlers.ts";
import { answerRoute, createRouter, pathOf, readOnly } from "../../src/server/http/router.ts";

let empty: string;
let server: Server;
let unbuilt: Server;

/** The routes alone, of what the build made and of a folder where nothing is built. */
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
  const made = createServer(async (request, response) => {
    const found = routeOf(pathOf(request));
    if (found !== null) return answerRoute(found, request, response);
    response.writeHead(404, { "content-type": "text/plain" });
    response.end("no route");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => made.once("listening", resolve));
  return made;
}

type Got = {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
};

/** As it comes over the wire: a path is sent as it is, and nothing is unpacked. */
function get(
  path: string,
  headers: Record<string, string> = {},
  from = server,
  method = "GET",
): Promise<Got> {
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

describe("the page", () => {
  it("is the same at each of its addresses, and names its assets from there", async () => {
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
  it("lets nothing run that stands in it, and says so to the browser", async () => {
    const { headers, body } = await get("/");
    expect(headers).toMatchObject({ "referrer-policy": "same-origin", "x-content-type-options": "nosniff" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(body.toString()).not.toMatch(/<style|<script(?![^>]* src=)|style="| on\w+=/);
  });

  it("is asked for again each time, and sent only where it changed", async () => {
    const { headers } = await get("/");
    expect(headers["cache-control"]).toBe("no-cache");
    const again = await get("/", { "if-none-match": String(headers["etag"]) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    // At another depth it names its assets otherwise.
    expect((await get("/paper/x", { "if-none-match": String(headers["etag"]) })).status).toBe(200);
    const head = await get("/", {}, server, "HEAD");
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it("says how it is built where it is not, and is there once it is", async () => {
    const missing = await get("/", {}, unbuilt);
    expect(missing.status).toBe(503);
    expect(missing.body.toString()).toContain("npm run build");
    await mkdir(join(empty, "assets"));
    await writeFile(join(empty, "index.html"), '<script src="./assets/a.js"></script>');
    await writeFile(join(empty, "assets", "a.js"), "1;");
    expect((await get("/paper/x", {}, unbuilt)).body.toString()).toBe(
      '<script src="../assets/a.js"></script>',
    );
    // Small files are not packed by the build.
    const script = await get("/assets/a.js", { "accept-encoding": "br, gzip" }, unbuilt);
    expect([script.headers["content-encoding"], script.body.toString()]).toEqual([undefined, "1;"]);
  });
});

describe("its assets", () => {
  it("are kept for good, and packed as the client takes them", async () => {
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
  it("are what lies in their folder by a plain name, and nothing else", async () => {
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

  it("of the first view are below 60 kB of script, packed by gzip", async () => {
    let bytes = 0;
    const seen = new Set<string>();
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const { body } = await get(path, { "accept-encoding": "gzip" });
      bytes += body.length;
      const { body: source } = await get(path);
      // What a module imports for itself, not what it may fetch later.
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
