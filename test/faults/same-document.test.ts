import { afterEach, beforeEach, expect, test } from "vitest";
import { ingest, ingestBatch } from "../../src/ingest/index.ts";
import { checkTables } from "../../src/maintenance/index.ts";
import { isLong, longTest } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { counts, openSite, paper, type Site } from "../submissions/site.ts";

const times = isLong ? 1_000 : 200;
const { text, pithNumber } = paper(1);
const policy = { keyring, minimumProof: "hash" as const, maximumBytes: 1e6 };
const copy = (nth: number) => ({ source: `copy ${nth}`, bytes: Buffer.from(text) });

let site: Site;

beforeEach(async () => {
  site = await openSite();
});
afterEach(() => site.close());

async function expectOnce(): Promise<void> {
  expect(await counts(site.database)).toMatchObject({ papers: 1, events: 2, records: 1, quarantine: 0 });
  const { rows } = await site.database.pool.query("SELECT position::int AS position FROM changes");
  expect(rows).toEqual([{ position: 1 }]);
  expect((await checkTables(site.database, { keyring })).differences).toEqual([]);
}

// test/submissions/queue.test.ts has 1,000 submissions of one document, and 300 over HTTP.
longTest(
  `the same document ${times} times concurrently over HTTP is stored once, and every caller gets MERGED`,
  async () => {
    const stop = site.work();
    // Four in a request: with more connections than the listen backlog, some would be accepted late.
    const body = `${text.trim()}\n`.repeat(4);
    const posts = Array.from({ length: times / 4 }, () => site.post(body, {}, "?wait=30"));
    const answered = (await Promise.all(posts).finally(stop)).flatMap(({ answers }) => answers);
    expect(answered).toHaveLength(times);
    for (const answer of answered) expect(answer).toMatchObject({ status: "MERGED", pithNumber });
    expect(new Set(answered.map(({ id }) => id)).size).toBe(times);
    expect(site.logged).toEqual([]);
    await expectOnce();
  },
);

test(`the same document ${times} times concurrently, each as a batch, is merged once`, async () => {
  const results = await Promise.all(
    Array.from({ length: times }, (_, nth) => ingestBatch(site.database, [copy(nth)], policy)),
  );
  // The others find it stored.
  expect(results.flat().map(({ source }) => source)).toEqual(
    Array.from({ length: times }, (_, nth) => `copy ${nth}`),
  );
  const merged = results.flat().filter(({ status }) => status === "merged");
  expect(merged).toHaveLength(1);
  expect(results.flat().every(({ status }) => status !== "rejected")).toBe(true);
  await expectOnce();
});

test(`the same document ${times} times in a bulk ingest is stored once`, async () => {
  const summary = await ingest(
    site.database,
    (async function* () {
      for (let nth = 0; nth < times; nth++) yield copy(nth);
    })(),
    { ...policy, batchDocuments: 10 },
  );
  expect(summary).toMatchObject({ documents: times, rejected: new Map(), refusedEvents: new Map() });
  expect(summary.merged + summary.unchanged).toBe(times);
  // Of one batch, in which every copy counts as merged.
  expect(summary.merged).toBe(10);
  await expectOnce();
});
