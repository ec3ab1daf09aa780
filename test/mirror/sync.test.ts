import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  canonicalJson,
  createKeyring,
  type JsonObject,
  parseJson,
  suffixOf,
} from "../../src/protocol/index.ts";
import { followMirror } from "../../src/sync/index.ts";
import type { SyntheticDocument } from "../api/fixtures/documents.ts";
import { makeLibrary } from "../api/fixtures/library.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring, rotated } from "../protocol/signed-events.ts";
import {
  atOnce,
  cursorOf,
  follow,
  headOf,
  ingestTexts,
  localFetcher,
  localPolicy,
  papers,
  pathOf,
  quarantineOf,
  serveMirror,
  statesOf,
  withAnchor,
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

async function serve(...args: Parameters<typeof serveMirror>) {
  const server = await serveMirror(...args);
  closing.push(server.close);
  return server;
}

async function expectEqual(): Promise<void> {
  const states = await statesOf(a);
  expect(Object.keys(states).length).toBeGreaterThan(0);
  expect(await statesOf(b)).toEqual(states);
  expect((await headOf(b)).checksum).toBe((await headOf(a)).checksum);
}

describe("two mirrors", () => {
  /** @threat T17 */
  it("reach the same states and checksum, for documents in any order", async () => {
    // Papers of each proof, a fork, superseded and invalid events, versions of one work.
    const { documents } = makeLibrary();
    await ingestTexts(a, documents.slice(0, 100));
    const server = await serve(a);
    const first = await follow(b, server.url);
    expect(first.rejected.size + first.refusedEvents.size).toBe(0);
    expect(first.merged).toBe(Object.keys(await statesOf(a)).length);
    expect(first.comparison?.isEqual).toBe(true);
    await expectEqual();

    // New papers, and later and earlier events of papers that B has.
    const more = papers(3, 500);
    await ingestTexts(a, [...documents.slice(100, 130), ...more.map(({ text }) => text)]);
    await ingestTexts(
      a,
      more.flatMap((document) => [
        withAnchor(document, "2026-06-20T00:00:00Z"),
        withAnchor(document, "2026-05-20T00:00:00Z"),
      ]),
    );
    await follow(b, server.url);
    await expectEqual();
    const older = await headOf(a);
    await ingestTexts(a, [withAnchor(more[0] ?? expect.fail(), "2026-05-02T00:00:00Z")]);
    expect((await headOf(a)).checksum).not.toBe(older.checksum);
    const last = await follow(b, server.url);
    expect([last.documents, last.merged, last.comparison?.isEqual]).toEqual([1, 1, true]);
    await expectEqual();
    expect(await cursorOf(b, server.url)).toBe(Number((await headOf(a)).position));

    // Without changes only the manifest and the feed are requested.
    server.requests.splice(0);
    const idle = await follow(b, server.url);
    expect([idle.documents, idle.comparison?.isEqual]).toEqual([0, true]);
    expect(server.requests.filter((url) => url.includes("bundle"))).toEqual([]);
  });

  it("follow each other without creating further changes", async () => {
    const [ofA, ofB, ofBoth] = [papers(3), papers(3, 10), papers(2, 20)];
    await ingestTexts(
      a,
      [...ofA, ...ofBoth].map(({ text }) => text),
    );
    await ingestTexts(
      b,
      [...ofB, ...ofBoth].map(({ text }) => text),
    );
    const [serverA, serverB] = [await serve(a), await serve(b)];
    expect((await follow(b, serverA.url)).comparison?.isEqual).toBe(false);
    expect((await follow(a, serverB.url)).comparison?.isEqual).toBe(true);
    await expectEqual();
    const heads = [await headOf(a), await headOf(b)];
    await follow(b, serverA.url);
    await follow(a, serverB.url);
    expect([await headOf(a), await headOf(b)]).toEqual(heads);
  });

  it("accept events by their own keyrings, and retry rejected ones after a change of keys", async () => {
    const documents = papers(2);
    const second = withAnchor(documents[1] ?? expect.fail(), "2026-06-20T00:00:00Z");
    // Both at signed: from a source at hash the aliases would also count.
    await ingestTexts(a, [documents[0]?.text ?? "", second], "signed");
    const server = await serve(a);
    const stranger = await follow(b, server.url, {
      keyring: createKeyring([rotated]),
      minimumProof: "signed",
    });
    expect([...stranger.rejected]).toEqual([["UNKNOWN_SIGNER", 2]]);
    expect([stranger.merged, stranger.unaccepted]).toEqual([0, 2]);
    expect([...stranger.unacceptedEvents.keys()]).toEqual(["UNKNOWN_SIGNER"]);
    expect(stranger.comparison?.isEqual).toBe(false);
    // An unknown signer is not a forgery.
    expect(stranger.forgedEvents).toBe(0);
    expect(await quarantineOf(b)).toHaveLength(2);
    // The same keys change nothing. With other keys the rejected documents are accepted, and leave quarantine.
    const stubborn = await follow(b, server.url, {
      keyring: createKeyring([rotated]),
      minimumProof: "signed",
    });
    expect([stubborn.documents, stubborn.notices]).toEqual([0, []]);
    const trusting = await follow(b, server.url, { keyring, minimumProof: "signed" });
    expect(trusting.notices).toEqual([
      expect.stringContaining("The keyring or the minimum proof has changed"),
    ]);
    expect(trusting.comparison?.isEqual).toBe(true);
    await expectEqual();
    expect(await quarantineOf(b)).toEqual([]);
    // Nothing has been rejected since, so other keys change nothing.
    expect((await follow(b, server.url, { keyring, minimumProof: "hash" })).documents).toBe(0);
  });

  it("exchange the signed copy of an unsigned event even if the state is the same", async () => {
    const [document = expect.fail()] = papers(1);
    const bundle = parseJson(document.text) as JsonObject;
    const events = (bundle["events"] as JsonObject[]).map((event) => {
      const { signature: _, ...unsigned } = event;
      return event["event_type"] === "graph_snapshot" ? unsigned : event;
    });
    // A accepts its source at hash and B does not: aliases would count on one side only.
    await ingestTexts(a, [canonicalJson({ ...bundle, events, source_aliases: [] })]);
    const server = await serve(a);
    const before = await follow(b, server.url, { minimumProof: "signed" });
    expect([...before.refusedEvents.keys()]).toEqual(["UNSIGNED"]);
    const head = await headOf(a);
    await ingestTexts(a, [document.text], "signed");
    expect((await headOf(a)).checksum).toBe(head.checksum);
    await follow(b, server.url, { minimumProof: "signed" });
    await expectEqual();
  });

  it("stay equal while one ingests and the other follows", async () => {
    await ingestTexts(
      a,
      papers(2).map(({ text }) => text),
      "signed",
    );
    const server = await serve(a);
    const stop = new AbortController();
    const fetcher = localFetcher();
    closing.push(async () => fetcher.close());
    const waves = [papers(2, 10), papers(2, 20)];
    const equal: boolean[] = [];
    await followMirror(b, {
      baseUrl: server.url,
      fetcher,
      policy: localPolicy,
      retry: atOnce,
      keyring,
      minimumProof: "signed",
      maximumBytes: 1_000_000,
      signal: stop.signal,
      interval: { min: 1, max: 5 },
      onSynced: ({ comparison, documents }) => {
        if (documents === 0) return;
        equal.push(comparison?.isEqual ?? false);
        const wave = waves.shift();
        if (wave === undefined) stop.abort();
        else
          void ingestTexts(
            a,
            wave.map(({ text }) => text),
            "signed",
          );
      },
    });
    expect(equal).toEqual([true, true, true]);
    await expectEqual();
  });
});

describe("the cursor of a sync", () => {
  const texts = (count: number, start = 0) => papers(count, start).map(({ text }) => text);

  /** One batch for each document, so that the feed lists them in this order. */
  async function ingestInOrder(documents: readonly SyntheticDocument[]): Promise<void> {
    for (const { text } of documents) await ingestTexts(a, [text]);
  }

  it("stays before a paper while the mirror is unavailable, and continues from there", async () => {
    const documents = papers(8);
    await ingestInOrder(documents);
    let isAway = true;
    const third = pathOf(documents[2] ?? expect.fail());
    let attempts = 0;
    const server = await serve(a, (request, response) => {
      if (!isAway) return false;
      // The mirror becomes unavailable when the third paper is requested.
      if (request.url === third) attempts++;
      if (attempts === 0) return false;
      response.destroy();
      return true;
    });
    await expect(follow(b, server.url, { concurrency: 1 })).rejects.toThrow("Can't follow");
    expect(attempts).toBe(atOnce.attempts);
    expect(await cursorOf(b, server.url)).toBe(2);
    expect(await quarantineOf(b)).toEqual([]);

    isAway = false;
    server.requests.splice(0);
    const second = await follow(b, server.url);
    expect(second.documents).toBe(6);
    expect(server.requests).not.toContain(pathOf(documents[1] ?? expect.fail()));
    await expectEqual();
  });

  it("does not advance past a gap, and papers after the gap are fetched again", async () => {
    const documents = papers(6);
    await ingestInOrder(documents);
    const first = pathOf(documents[0] ?? expect.fail());
    const stop = new AbortController();
    let others = 0;
    const server = await serve(a, (request) => {
      // The first is never answered.
      if (stop.signal.aborted || request.url !== first) return false;
      return true;
    });
    const result = await follow(b, server.url, {
      concurrency: 2,
      signal: stop.signal,
      onBatch: ({ documents: done }) => {
        others = done;
        if (done === 5) stop.abort();
      },
    });
    expect([others, result.documents, result.comparison]).toEqual([5, 5, null]);
    expect(Object.keys(await statesOf(b))).toHaveLength(5);
    expect(await cursorOf(b, server.url)).toBeNull();
    const again = await follow(b, server.url);
    expect([again.merged, again.unchanged]).toEqual([1, 5]);
    await expectEqual();
  });

  it("starts from the beginning if the feed is another than the one that was followed", async () => {
    await ingestTexts(a, texts(5));
    const before = await serve(a);
    await follow(b, before.url);
    // The mirror has lost its database and started again.
    const other = await createTestDatabase();
    closing.push(() => other.drop());
    await ingestTexts(other, texts(3, 100));
    const after = await serve(other);
    await b.pool.query("UPDATE followed_mirrors SET base_url = $1", [after.url]);
    const result = await follow(b, after.url);
    expect(result.notices).toEqual([expect.stringContaining("not the one followed up to position")]);
    expect([result.merged, result.position]).toEqual([3, 3n]);
  });

  it("advances over many pages, fetching a paper once for each page in which it changed", async () => {
    const [document = expect.fail(), ...others] = papers(4);
    await ingestTexts(a, [document.text]);
    for (let second = 10; second < 40; second++) {
      await ingestTexts(a, [withAnchor(document, `2026-06-20T00:00:${second}Z`)]);
    }
    await ingestTexts(
      a,
      others.map(({ text }) => text),
    );
    const server = await serve(a, (request) => {
      request.url = request.url?.replace("limit=500", "limit=10") ?? "";
      return false;
    });
    const result = await follow(b, server.url);
    expect(result.position).toBe(34n);
    expect(server.requests.filter((url) => url === pathOf(document))).toHaveLength(4);
    await expectEqual();
  });

  it("counts the lines of a list of numbers, and continues there after an interruption", async () => {
    const documents = papers(6);
    await ingestTexts(
      a,
      documents.map(({ text }) => text),
    );
    const numbers = [
      ...documents.map(({ pithNumber }) => ({ suffix: suffixOf(pithNumber), year: pithNumber.slice(5, 9) })),
      // Short forms: the mirror redirects to the full suffix.
      ...documents.map(({ pithNumber }) => ({ suffix: suffixOf(pithNumber).slice(0, 8), year: null })),
      { suffix: "A".repeat(26), year: null },
    ];
    let isAway = true;
    const server = await serve(a, (request, response) => {
      if (request.url?.startsWith("/feed")) response.writeHead(404).end();
      else if (isAway && server.requests.length > 5) response.destroy();
      else return false;
      return true;
    });
    await expect(follow(b, server.url)).rejects.toThrow("--numbers <file>");
    server.requests.splice(0);
    await expect(follow(b, server.url, { numbers, concurrency: 1 })).rejects.toThrow("Can't follow");
    isAway = false;
    server.requests.splice(0);
    const result = await follow(b, server.url, { numbers, concurrency: 1 });
    // Requested only once, through its short form.
    expect(server.requests.filter((url) => url === pathOf(documents[0] ?? expect.fail()))).toHaveLength(1);
    expect(result.documents).toBe(8);
    expect(result.outstanding).toMatchObject([{ paper: "A".repeat(26), code: "FETCH_FAILED" }]);
    await expectEqual();
    // A completed list starts again.
    expect((await follow(b, server.url, { numbers })).documents).toBe(12);
  });
});
