import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../../src/server/index.ts";
import { FetchError } from "../../src/sync/index.ts";
import { PauseNotices, RequestPauses } from "../../src/sync/retry.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { registry } from "../protocol/signed-events.ts";
import { databaseUrl } from "../server-connection.ts";
import {
  atOnce,
  follow,
  headOf,
  ingestTexts,
  listen,
  papers,
  pathOf,
  quarantineOf,
  serveMirror,
  statesOf,
} from "./mirrors.ts";

const limited = (retryAfter?: number) =>
  new FetchError("FETCH_FAILED", "The response has status 429 Too Many Requests.", {
    isTransient: true,
    status: 429,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
const patient = { ...atOnce, maximumPause: 60_000 };

describe("RequestPauses", () => {
  const { signal } = new AbortController();

  /** A request whose attempts the test answers one by one. */
  function request(pauses: RequestPauses) {
    const sent: { resolve(text: string): void; reject(error: Error): void }[] = [];
    const attempt = () =>
      new Promise<string>((resolve, reject) => {
        sent.push({ resolve, reject });
      });
    return { sent, result: pauses.run(attempt) };
  }

  it("holds back all requests until a single one has been answered", async () => {
    const begun: number[] = [];
    const pauses = new RequestPauses(patient, signal, ({ status }) => begun.push(status));
    const first = request(pauses);
    const second = request(pauses);
    const third = request(pauses);
    first.sent[0]?.reject(limited(5));
    second.sent[0]?.resolve("second");
    third.sent[0]?.reject(limited(1));
    expect(await second.result).toBe("second");
    await expect.poll(() => first.sent.length).toBe(2);
    const fourth = request(pauses);
    // It is rejected again, so the others are still not sent.
    first.sent[1]?.reject(limited(1));
    await expect.poll(() => first.sent.length).toBe(3);
    expect([third.sent.length, fourth.sent.length]).toEqual([1, 0]);

    first.sent[2]?.resolve("first");
    expect(await first.result).toBe("first");
    await expect.poll(() => [third.sent.length, fourth.sent.length]).toEqual([2, 1]);
    third.sent[1]?.resolve("third");
    fourth.sent[0]?.resolve("fourth");
    expect(await Promise.all([third.result, fourth.result])).toEqual(["third", "fourth"]);
    expect(begun).toEqual([429, 429]);
  });

  it("does not pause beyond maximumPause, neither for one Retry-After nor in total", async () => {
    const attemptsOf = async (retryAfter: number | undefined, maximumPause: number) => {
      let attempts = 0;
      const pauses = new RequestPauses({ ...atOnce, maximumPause }, signal);
      const error = limited(retryAfter);
      const attempt = async () => {
        attempts++;
        throw error;
      };
      await expect(pauses.run(attempt)).rejects.toBe(error);
      // Later requests are sent.
      expect(await pauses.run(async () => "sent")).toBe("sent");
      return attempts;
    };
    expect(await attemptsOf(1001, 1000)).toBe(1);
    expect(await attemptsOf(20, 50)).toBeLessThan(5);
    expect(await attemptsOf(1, 1000)).toBe(11);
    expect(await attemptsOf(undefined, 1000)).toBe(11);
  });

  it("ends a pause with AbortError when the signal is aborted", async () => {
    const controller = new AbortController();
    const pauses = new RequestPauses({ ...atOnce, maximumPause: 1e9 }, controller.signal, () =>
      controller.abort(),
    );
    const attempt = async () => {
      throw limited(1e8);
    };
    await expect(pauses.run(attempt)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("PauseNotices prints the first and long pauses at once, and others every 30 s", () => {
    let now = 0;
    const lines: string[] = [];
    const notices = new PauseNotices(
      "https://a.example",
      (line) => lines.push(line),
      () => now,
    );
    for (const [at, status, milliseconds] of [
      [0, 429, 1000],
      [5_000, 429, 1000],
      [6_000, 503, 10_000],
      [20_000, 429, 1000],
      [36_000, 429, 1000],
    ] as const) {
      now = at;
      notices.add({ status, milliseconds });
    }
    expect(lines).toEqual([
      "https://a.example limits requests (429): pausing all requests for 1 s.",
      "https://a.example is busy (503): pausing all requests for 10 s (3 pauses, 12 s so far).",
      "https://a.example limits requests (429): pausing all requests for 1 s (5 pauses, 14 s so far).",
    ]);
  });
});

describe("sync of a busy mirror", () => {
  let a: TestDatabase;
  let b: TestDatabase;
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await Promise.all([a.drop(), b.drop()]);
  });

  it("fetches every paper from a mirror that limits requests with 429", async () => {
    const documents = papers(135);
    await ingestTexts(
      a,
      documents.map(({ text }) => text),
      "signed",
    );
    const app = createApp({ database: a });
    closing.push(() => app.close());
    let requests = 0;
    const server = await listen((request, response) => {
      requests++;
      if (requests > 20 && requests <= 24) response.writeHead(429, { "retry-after": "1" }).end();
      else app.handle(request, response);
    });
    closing.push(server.close);
    const folder = await mkdtemp(join(tmpdir(), "pith-graph-pauses-"));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const { key_id, signer_id, signer_type, public_key_b64, event_types } = registry;
    const entry = { key_id, signer_id, signer_type, public_key_b64, event_types };
    await writeFile(join(folder, "keyring.json"), JSON.stringify([entry]));
    const env = { DATABASE_URL: databaseUrl(b.connection), PITH_GRAPH_KEYRING: join(folder, "keyring.json") };
    const args = ["sync", "--json", "--allow-host", "127.0.0.1", "--concurrency", "16", server.url];
    const { status, stdout, stderr } = await runCli(args, { env });
    expect(requests).toBeGreaterThan(135 + 4);
    expect(stderr).toContain(`${server.url} limits requests (429): pausing all requests for 1 s.`);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      documents: 135,
      position: 135,
      outstanding: [],
      comparison: { isEqual: true },
    });
    expect(await statesOf(b)).toEqual(await statesOf(a));
  });

  it("fetches every paper from a mirror that answers 503 now and then", async () => {
    const documents = papers(30);
    await ingestTexts(
      a,
      documents.map(({ text }) => text),
    );
    // More than ten in succession, each of which is answered 503 once.
    const busy = new Set(documents.slice(0, 15).map(pathOf));
    const server = await serveMirror(a, (request, response) => {
      if (!busy.delete(request.url ?? "")) return false;
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    });
    closing.push(server.close);
    const result = await follow(b, server.url, { retry: { ...patient, attempts: 1 } });
    expect(busy.size).toBe(0);
    expect([result.failures, result.outstanding, result.documents]).toEqual([0, [], 30]);
    expect(await quarantineOf(b)).toEqual([]);
    expect((await headOf(b)).checksum).toBe((await headOf(a)).checksum);
  });

  it("ends with MirrorError and the requested wait if Retry-After exceeds the maximum pause", async () => {
    await ingestTexts(
      a,
      papers(3).map(({ text }) => text),
    );
    const answer = (response: ServerResponse) => response.writeHead(429, { "retry-after": "86400" }).end();
    let isLimited = true;
    const server = await serveMirror(a, (_request, response) => {
      if (isLimited) answer(response);
      return isLimited;
    });
    closing.push(server.close);
    const failed = await follow(b, server.url, { retry: patient }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "MirrorError", retryAfter: 86_400_000 });
    expect(String(failed)).toContain("It requests a pause of 86400 s.");
    // The manifest, which may be absent, and the feed; neither is tried again.
    expect(server.requests).toHaveLength(2);
    isLimited = false;
    expect((await follow(b, server.url)).comparison?.isEqual).toBe(true);
  });
});
