import type { IncomingMessage, ServerResponse } from "node:http";
import { setInterval } from "node:timers";
import { createGzip, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { suffixOf } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { clearTables } from "../ingest/tables.ts";
import {
  atOnce,
  cursorOf,
  follow,
  headOf,
  ingestTexts,
  type Listening,
  listen,
  localFetcher,
  papers,
  pathOf,
  quarantineOf,
  serveMirror,
  statesOf,
} from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  a = await createTestDatabase();
  await ingestTexts(
    a,
    documents.map(({ text }) => text),
  );
  b = await createTestDatabase();
});
afterAll(async () => {
  await a.drop();
  await b.drop();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await clearTables(b);
});

const documents = papers(6);
const target = documents[2] ?? expect.fail();
const other = documents[4] ?? expect.fail();

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A mirror of the six papers that gives a wrong answer for the third. */
async function serveWrongly(answer: Answer): Promise<Listening & { readonly requests: string[] }> {
  const server = await serveMirror(a, (request, response) => {
    // Also for its state, which is requested if there is no bundle.
    if (!request.url?.startsWith(`/pith/${suffixOf(target.pithNumber)}/`)) return false;
    answer(request, response);
    return true;
  });
  closing.push(server.close);
  return server;
}

const sendText =
  (text: string): Answer =>
  (_request, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(text);

/** Writes until the connection is closed. */
function writeForever(response: ServerResponse, chunk: Buffer): void {
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", write);
  write();
}

const megabyte = Buffer.alloc(1 << 20, " ");

const cases: [what: string, code: string, answer: Answer, requestCount: number][] = [
  [
    "a bundle whose record was altered",
    "RECORD_HASH_MISMATCH",
    sendText(target.text.replace('"primary_cat":"cs.LG"', '"primary_cat":"cs.CL"')),
    1,
  ],
  ["the bundle of another paper", "WRONG_PAPER", sendText(other.text), 1],
  [
    "the right record under a wrong number",
    "WRONG_PAPER",
    sendText(target.text.replaceAll(`pith:2023:`, "pith:2022:")),
    1,
  ],
  ["another kind of document", "UNSUPPORTED_DOCUMENT", sendText('{"a":1}'), 1],
  [
    "an answer of 10 GB by its Content-Length",
    "TOO_LARGE",
    (_request, response) => {
      response.writeHead(200, { "content-length": 10_000_000_000 });
      writeForever(response, megabyte);
    },
    1,
  ],
  [
    "an endless answer without Content-Length",
    "TOO_LARGE",
    (_request, response) => writeForever(response.writeHead(200), megabyte),
    1,
  ],
  [
    "a gzip bomb",
    "TOO_LARGE",
    (_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.pipe(response);
      const write = () => {
        while (!response.destroyed && gzip.write(megabyte));
      };
      gzip.on("drain", write);
      response.on("close", () => gzip.destroy());
      write();
    },
    1,
  ],
  [
    "a redirect to another host",
    "REDIRECT_REFUSED",
    (_request, response) =>
      response.writeHead(302, { location: `https://example.org${pathOf(target)}` }).end(),
    1,
  ],
  [
    "a redirect to another port of this host",
    "REDIRECT_REFUSED",
    (_request, response) => response.writeHead(307, { location: "http://127.0.0.1:1/" }).end(),
    1,
  ],
  [
    "a redirect to a file",
    "REDIRECT_REFUSED",
    (_request, response) => response.writeHead(301, { location: "file:///etc/passwd" }).end(),
    1,
  ],
  [
    "a redirect loop",
    "REDIRECT_REFUSED",
    (request, response) => response.writeHead(308, { location: request.url }).end(),
    4,
  ],
];

/** Answers that may come from an error page or a proxy. They are definite once they repeat. */
const answers: [what: string, code: string, answer: Answer][] = [
  ["a page of HTML", "MALFORMED_JSON", sendText("<!doctype html><title>Welcome</title>")],
  ["404", "FETCH_FAILED", (_request, response) => response.writeHead(404).end("gone")],
  [
    "an encoding that was not requested",
    "FETCH_FAILED",
    (_request, response) => response.writeHead(200, { "content-encoding": "br" }).end("…"),
  ],
];

const longPause = "429 with a long pause";

/** Transient faults, however often they occur. */
const faults: [what: string, code: string, answer: Answer][] = [
  [
    "a slow trickle",
    "TOO_SLOW",
    (_request, response) => {
      response.writeHead(200).write("{");
      const trickle = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(trickle));
    },
  ],
  ["silence", "TOO_SLOW", () => {}],
  ["500 each time", "FETCH_FAILED", (_request, response) => response.writeHead(500).end()],
  [
    longPause,
    "FETCH_FAILED",
    (_request, response) => response.writeHead(429, { "retry-after": "86400" }).end(),
  ],
  [
    "gzip cut short",
    "FETCH_FAILED",
    (_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(target.text).subarray(0, 200)),
  ],
  [
    "a connection that breaks in the middle",
    "FETCH_FAILED",
    (_request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write(target.text.slice(0, 100), () => response.destroy());
    },
  ],
  [
    "endless headers",
    "FETCH_FAILED",
    (request) => {
      const write = () => {
        while (!request.socket.destroyed && request.socket.write(`x-more: ${"x".repeat(1000)}\r\n`));
      };
      request.socket.on("drain", write).on("error", () => {});
      request.socket.write("HTTP/1.1 200 OK\r\n");
      write();
    },
  ],
];

/** The outstanding papers of the mirror, by code. */
async function outstandingOf({ pool }: TestDatabase): Promise<[paper: string, code: string][]> {
  const { rows } = await pool.query("SELECT paper, code FROM outstanding_papers ORDER BY paper");
  return rows.map(({ paper, code }) => [paper, code]);
}

describe("sync rejects a wrong document and imports the others:", () => {
  /** @threat T18 */
  it.each(cases)("%s is rejected with %s", async (_what, code, answer, requestCount) => {
    const server = await serveWrongly(answer);
    const fetcher = localFetcher(code === "TOO_SLOW" ? { minBytes: 1000, window: 1000 } : {});
    const result = await follow(b, server.url, { fetcher, concurrency: 2 });
    const source = server.url + pathOf(target);
    expect([...result.rejected]).toEqual([[code, 1]]);
    expect(result.refusals.map((refusal) => [refusal.source, refusal.rejection?.code])).toEqual([
      [source, code],
    ]);
    expect(await quarantineOf(b)).toEqual([{ source, code }]);
    expect(server.requests.filter((url) => url === pathOf(target))).toHaveLength(requestCount);

    const { [target.pithNumber]: _, ...others } = await statesOf(a);
    expect(await statesOf(b)).toEqual(others);
    expect(result.comparison?.isEqual).toBe(false);
    const { position } = await headOf(a);
    expect(await cursorOf(b, server.url)).toBe(Number(position));
  });

  /** @input I8 */
  it("a byte order mark before a document is ignored", async () => {
    const server = await serveWrongly(sendText(`\ufeff${target.text}`));
    expect((await follow(b, server.url)).comparison?.isEqual).toBe(true);
  });

  /** @threat T2 */
  it("an altered event is rejected with EVENT_ID_MISMATCH, and the rest of its bundle is accepted", async () => {
    const altered = target.text.replace('"title":"Paper 2"', '"title":"Paper 3"');
    expect(altered).not.toBe(target.text);
    const server = await serveWrongly(sendText(altered));
    const result = await follow(b, server.url);
    expect([...result.refusedEvents]).toEqual([["EVENT_ID_MISMATCH", 1]]);
    expect(result.forgedEvents).toBe(1);
    expect(result.refusals.map(({ source }) => source)).toEqual([server.url + pathOf(target)]);
    expect(await quarantineOf(b)).toEqual([
      { source: server.url + pathOf(target), code: "EVENT_ID_MISMATCH" },
    ]);
    const [ofA, ofB] = [await statesOf(a), await statesOf(b)];
    expect(Object.keys(ofB)).toEqual(Object.keys(ofA));
    expect(ofB[target.pithNumber]).not.toBe(ofA[target.pithNumber]);
    expect(result.comparison?.isEqual).toBe(false);
  });
});

describe("sync keeps a paper outstanding and imports the others:", () => {
  /** A mirror that gives a wrong answer for the third paper while `isWrong`. */
  async function serveFor(answer: Answer) {
    const state = { isWrong: true };
    const server = await serveMirror(a, (request, response) => {
      if (!state.isWrong || !request.url?.startsWith(`/pith/${suffixOf(target.pithNumber)}/`)) return false;
      answer(request, response);
      return true;
    });
    closing.push(server.close);
    return { url: server.url, requests: server.requests, state };
  }

  /** @input I6 */
  it.each([...faults, ...answers])("%s: outstanding with %s until delivered", async (what, code, answer) => {
    const server = await serveFor(answer);
    const fetcher = localFetcher(code === "TOO_SLOW" ? { minBytes: 1000, window: 1000 } : {});
    const result = await follow(b, server.url, { fetcher, concurrency: 2, explainsDifference: true });
    expect([...result.rejected]).toEqual([]);
    expect(await quarantineOf(b)).toEqual([]);
    expect(result.outstanding.map((each) => [each.paper, each.code])).toEqual([[target.pithNumber, code]]);
    expect(await outstandingOf(b)).toEqual([[target.pithNumber, code]]);
    const reasons = [{ reason: "OUTSTANDING", papers: 1, examples: [target.pithNumber] }];
    expect(result.comparison).toMatchObject({ isEqual: false, difference: { papers: 1, reasons } });
    // A fault is retried within a sync, unless the mirror asks for a long pause, and the paper once more at its end. An
    // answer is not retried.
    const isFault = faults.some((fault) => fault[0] === what);
    const times = server.requests.filter((url) => url === pathOf(target)).length;
    expect(times).toBe(!isFault ? 1 : what === longPause ? 2 : 2 * atOnce.attempts);
    const { [target.pithNumber]: _, ...others } = await statesOf(a);
    expect(await statesOf(b)).toEqual(others);
    const { position } = await headOf(a);
    expect(await cursorOf(b, server.url)).toBe(Number(position));

    server.state.isWrong = false;
    const again = await follow(b, server.url);
    expect([again.documents, again.merged, again.outstanding]).toEqual([1, 1, []]);
    expect(again.comparison?.isEqual).toBe(true);
    expect(await outstandingOf(b)).toEqual([]);
    expect(await statesOf(b)).toEqual(await statesOf(a));
  });

  /** @input I6 */
  it.each(answers)("%s is rejected with %s after three syncs", async (_what, code, answer) => {
    const server = await serveFor(answer);
    for (const nth of [1, 2]) {
      const result = await follow(b, server.url);
      expect(result.outstanding).toMatchObject([{ code, attempts: nth, answers: nth }]);
    }
    const last = await follow(b, server.url);
    expect([[...last.rejected], last.outstanding]).toEqual([[[code, 1]], []]);
    expect(await quarantineOf(b)).toEqual([{ source: server.url + pathOf(target), code }]);
    server.requests.splice(0);
    expect((await follow(b, server.url)).documents).toBe(0);
    expect(server.requests).not.toContain(pathOf(target));
  });

  /** @input I6 */
  it("500 never becomes definite, and resets the count of answers", async () => {
    let status = 404;
    const server = await serveFor((_request, response) => response.writeHead(status).end());
    for (const next of [404, 404, 500, 404, 404, 500, 500, 500, 500]) {
      status = next;
      const { outstanding, rejected } = await follow(b, server.url);
      expect([outstanding.length, rejected.size]).toEqual([1, 0]);
    }
    const [paper] = (await follow(b, server.url)).outstanding;
    expect(paper?.answers).toBe(0);
  });
});

describe("sync ends with MirrorError and keeps its cursor:", () => {
  const feed = (head: object, changes: object[]) =>
    JSON.stringify({
      feed_type: "pith_graph_feed",
      feed_version: "1.0",
      after: { position: 0, checksum: "0".repeat(64) },
      head,
      changes,
    });
  const hash = "a".repeat(64);
  const change = (position: number, more: object = {}) => ({
    position,
    pith_number: target.pithNumber,
    state_sha256: hash,
    checksum: hash,
    ...more,
  });

  it.each([
    ["is not valid JSON", "<html>"],
    ["is not a pith_graph_feed", "{}"],
    ["is not a pith_graph_feed", "null"],
    ["after, head or changes", feed({}, []).replace('"changes":[]', '"changes":{}')],
    ["position", feed({ position: -1, checksum: hash }, [])],
    ["position", feed({ position: 1e300, checksum: hash }, [])],
    ["checksum", feed({ position: 1, checksum: "A" }, [])],
    ["order of positions", feed({ position: 2, checksum: hash }, [change(2), change(1)])],
    ["pith_number", feed({ position: 1, checksum: hash }, [change(1, { pith_number: "../../etc" })])],
    ["changes", feed({ position: 1, checksum: hash }, [[]])],
  ])("for a feed with a fault in: %s", async (message, text) => {
    const server = await listen(sendText(text));
    closing.push(server.close);
    await expect(follow(b, server.url, { manifest: "unused" })).rejects.toMatchObject({
      name: "MirrorError",
      message: expect.stringContaining(message),
    });
    expect(await cursorOf(b, server.url)).toBeNull();
  });

  /** @threat T48 */
  it("for an endless feed", async () => {
    const server = await listen((_request, response) => writeForever(response.writeHead(200), megabyte));
    closing.push(server.close);
    await expect(follow(b, server.url)).rejects.toThrow("larger than");
  });

  it("for a feed whose pages contradict each other", async () => {
    let position = 0;
    const server = await listen((_request, response) => {
      position += 1;
      response.end(feed({ position: 1000, checksum: hash }, [change(position)]));
    });
    closing.push(server.close);
    await expect(follow(b, server.url, { manifest: "unused" })).rejects.toThrow(
      "is inconsistent between pages",
    );
  });

  /** @threat T18 */
  it("for a host that refuses connections, or that is not allowed", async () => {
    const server = await listen(() => {});
    await server.close();
    await expect(follow(b, server.url)).rejects.toThrow("ECONNREFUSED");
    await expect(follow(b, "http://localhost:1")).rejects.toThrow("--allow-host localhost:1");
    await expect(follow(b, "https://10.0.0.1")).rejects.toThrow("--allow-host 10.0.0.1");
    const numbers = [{ suffix: suffixOf(target.pithNumber), year: null }];
    await expect(follow(b, "https://10.0.0.1", { numbers, manifest: "unused" })).rejects.toThrow("10.0.0.1");
    expect(await quarantineOf(b)).toEqual([]);
  });
});

describe("the manifest of a mirror", () => {
  const manifest = (...patterns: string[]) =>
    JSON.stringify({
      manifest_type: "pith_mirror_manifest",
      manifest_version: "1.0",
      mirrors: patterns.map((bundle_pattern) => ({ bundle_pattern })),
    });

  /** @threat T19 */
  it("names the addresses of bundles on its own host, and other hosts are ignored", async () => {
    let text = "";
    const server = await serveMirror(a, (request, response) => {
      if (request.url === "/pith-mirrors.json") {
        response.end(text);
        return true;
      }
      request.url = request.url?.replace(/^\/elsewhere\/(\w+)$/, "/pith/$1/bundle.json") ?? "";
      return false;
    });
    closing.push(server.close);
    text = manifest("https://example.org/{suffix}", "nothing", `${server.url}/elsewhere/{suffix}`);
    expect((await follow(b, server.url, { manifest: "required" })).comparison?.isEqual).toBe(true);
    expect(server.requests.filter((url) => url.startsWith("/elsewhere/"))).toHaveLength(documents.length);

    text = manifest("https://example.org/{suffix}");
    await expect(follow(b, server.url, { manifest: "required" })).rejects.toThrow("names no address");
    const again = await follow(b, server.url, { fromStart: true });
    expect(again.unchanged).toBe(documents.length);
  });
});
