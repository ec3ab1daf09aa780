import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/index.ts";
import { QueueCapacity } from "../../src/server/submissions/admission.ts";
import type { QueueSize } from "../../src/submissions/index.ts";
import { counts, openSite, paper, statuses, token } from "./site.ts";

const body = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => paper(from + index).text).join("\n");

describe("a full queue", () => {
  /** @threat T45 */
  it("stores the documents with an id, and answers 503 QUEUE_FULL with Retry-After for the rest until there is room", async () => {
    const site = await openSite({ maximumQueuedDocuments: 3 });
    const { status, headers, answers } = await site.post(body(1, 5), {}, "?wait=0");
    expect([status, headers.get("retry-after")]).toEqual([503, "10"]);
    expect(answers).toMatchObject([
      { line: 1, status: "QUEUED" },
      { line: 2, status: "QUEUED" },
      { line: 3, status: "QUEUED" },
      { id: null, status: "NOT_READ", error: { code: "QUEUE_FULL", retryAfter: 10 } },
    ]);
    const again = await site.post(paper(6).text);
    expect([again.status, again.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(JSON.parse(again.text)).toMatchObject({ errors: [{ extensions: { code: "QUEUE_FULL" } }] });
    const mutation =
      "mutation ($document: String!) { submitDocument(document: $document) { submission { id } } }";
    const submitted = await site.graphql(
      mutation,
      { document: paper(6).text },
      { authorization: `Bearer ${token}` },
    );
    expect(submitted.errors?.[0]?.extensions).toMatchObject({ code: "QUEUE_FULL", retryAfter: 10 });
    expect(await counts(site.database)).toMatchObject({ submissions: 3, papers: 0 });

    const stop = site.work();
    await expect.poll(() => statuses(site.database)).toEqual({ merged: 3 });
    await expect.poll(async () => (await site.post(body(4, 2))).status).toBe(200);
    expect((await counts(site.database)).papers).toBe(5);
    await stop();
    await site.close();
  });

  it("may be full by bytes, but accepts any single document while it is empty", async () => {
    const { text } = paper(1);
    const site = await openSite({ maximumQueuedBytes: text.length - 1 });
    const { status, answers } = await site.post(body(1, 2), {}, "?wait=0");
    expect([status, answers.map((answer) => answer.status)]).toEqual([503, ["QUEUED", "NOT_READ"]]);
    expect(await statuses(site.database)).toEqual({ queued: 1 });
    await site.close();
  });
});

describe("the room in the queue", () => {
  it("is counted again after a second, or after 100 ms if there was none", async () => {
    let now = 0;
    let queued = { documents: 2, bytes: 20 };
    let reads = 0;
    const read = async () => {
      reads++;
      return queued;
    };
    const room = new QueueCapacity({ documents: 5, bytes: 1_000 }, read, () => now);
    expect(await room.reserve([1, 1])).toBe(2);
    room.release([1, 1]);
    expect(await room.reserve([1, 1])).toBe(1);
    room.release([1]);
    expect(reads).toBe(1);
    queued = { documents: 0, bytes: 0 };
    expect(await room.reserve([1])).toBe(0);
    now += 101;
    expect(await room.reserve([1])).toBe(1);
    expect(reads).toBe(2);
    // Reservations that are not in the table yet still count.
    now += 1_001;
    expect(await room.reserve([1, 1, 1, 1, 1])).toBe(4);
    expect(reads).toBe(3);
  });

  it("is counted once for concurrent requests, and handed out only once", async () => {
    let answer = (_size: QueueSize) => {};
    const counted = new Promise<QueueSize>((resolve) => {
      answer = resolve;
    });
    const read = () => counted;
    const room = new QueueCapacity({ documents: 5, bytes: 1_000 }, read, () => 0);
    const taking = [1, 2, 3, 4].map(() => room.reserve([1, 1]));
    answer({ documents: 0, bytes: 0 });
    expect(await Promise.all(taking)).toEqual([2, 2, 1, 0]);
  });

  it("is set by PITH_GRAPH_QUEUE_DOCUMENTS and PITH_GRAPH_QUEUE_BYTES", () => {
    const { submissions } = readConfig({ PITH_GRAPH_QUEUE_DOCUMENTS: "7", PITH_GRAPH_QUEUE_BYTES: "8" });
    expect(submissions).toMatchObject({ maximumQueuedDocuments: 7, maximumQueuedBytes: 8 });
    expect(readConfig({}).submissions).toMatchObject({ maximumQueuedDocuments: 100_000 });
  });
});
