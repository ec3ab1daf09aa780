import { afterEach, beforeEach, expect, test } from "vitest";
import { ingest, ingestBatch } from "../../src/ingest/index.ts";
import { checkTables } from "../../src/maintenance/index.ts";
import { isLong, longTest } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { counts, openSite, paper, type Site } from "../submissions/site.ts";

const times = isLong ? 1_000 : 200;
const { text, pithNumber } = paper(1);
const door = { keyring, minimumProof: "hash" as const, maximumBytes: 1e6 };
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

// Into the queue at once, and 300 times over HTTP: test/submissions/queue.test.ts.
longTest(
  `the same document ${times} times at once over HTTP: stored once, each caller is answered`,
  async () => {
    const stop = site.work();
    // Four in a request: more connections at once than a listening socket keeps waiting come by chance, and late.
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

test(`the same document ${times} times at once, each taken in by itself`, async () => {
  const results = await Promise.all(
    Array.from({ length: times }, (_, nth) => ingestBatch(site.database, [copy(nth)], door)),
  );
  // Those that come meanwhile see only that it is there.
  expect(results.flat().map(({ source }) => source)).toEqual(
    Array.from({ length: times }, (_, nth) => `copy ${nth}`),
  );
  const merged = results.flat().filter(({ status }) => status === "merged");
  expect(merged).toHaveLength(1);
  expect(results.flat().every(({ status }) => status !== "rejected")).toBe(true);
  await expectOnce();
});

test(`the same document ${times} times in a bulk ingest`, async () => {
  const summary = await ingest(
    site.database,
    (async function* () {
      for (let nth = 0; nth < times; nth++) yield copy(nth);
    })(),
    { ...door, batchDocuments: 10 },
  );
  expect(summary).toMatchObject({ documents: times, rejected: new Map(), refusedEvents: new Map() });
  expect(summary.merged + summary.unchanged).toBe(times);
  // One batch has it; in it, each copy had its part.
  expect(summary.merged).toBe(10);
  await expectOnce();
});
