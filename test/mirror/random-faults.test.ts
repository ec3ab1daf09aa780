import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { MirrorError } from "../../src/sync/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { clearTables } from "../ingest/tables.ts";
import { keyring } from "../protocol/signed-events.ts";
import { doubtfulAnswers, passingFaults } from "./faulty-mirror.ts";
import { follow, headOf, ingestTexts, papers, quarantineOf, serveMirror, statesOf } from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
const documents = papers(12);

beforeAll(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  // Several pages of changes, and papers that changed more than once.
  for (const { text } of documents) await ingestTexts(a, [text]);
});
afterAll(() => Promise.all([a.drop(), b.drop()]));

const passing = fc.constantFrom(...Object.keys(passingFaults));
const doubtful = fc.constantFrom(...Object.keys(doubtfulAnswers));

/** The faults of a paper, in the order of its requests. At most two doubtful answers, as three are definite. */
const faultsOfPaper = fc
  .tuple(fc.array(passing, { maxLength: 9 }), fc.array(doubtful, { maxLength: 2 }), fc.nat())
  .map(([faults, answers, at]) => {
    const place = at % (faults.length + 1);
    return [...faults.slice(0, place), ...answers, ...faults.slice(place)];
  });

const schedule = fc.record({
  papers: fc.array(faultsOfPaper, { minLength: documents.length, maxLength: documents.length }),
  feed: fc.array(passing, { maxLength: 4 }),
  /** The number of batches after which each of the first syncs is stopped. */
  stops: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  concurrency: fc.constantFrom(1, 4),
});

/** @input I6 */
it("sync stores every paper exactly once despite random transient faults, and leaves nothing outstanding", async () => {
  let fired = 0;
  await fc.assert(
    fc.asyncProperty(schedule, async ({ papers: faults, feed, stops, concurrency }) => {
      await clearTables(b);
      const left = new Map(
        documents.map(({ pithNumber }, index) => [pithNumber.slice(-26), [...(faults[index] ?? [])]]),
      );
      left.set("feed", [...feed]);
      const server = await serveMirror(a, (request, response) => {
        const key =
          /^\/pith\/([A-Z2-7]{26})\//.exec(request.url ?? "")?.[1] ??
          (request.url?.startsWith("/feed") ? "feed" : "");
        const name = left.get(key)?.shift();
        const fault = passingFaults[name ?? ""] ?? doubtfulAnswers[name ?? ""];
        if (fault === undefined) return false;
        fired++;
        fault(request, response);
        return true;
      });
      try {
        const remaining = [...stops];
        let isDone = false;
        // Each sync meets at least one fault or completes.
        for (let nth = 0; nth < 200 && !isDone; nth++) {
          const stop = new AbortController();
          let batches = remaining.shift() ?? Number.POSITIVE_INFINITY;
          const onBatch = () => {
            if (--batches <= 0) stop.abort();
          };
          const result = await follow(b, server.url, { concurrency, signal: stop.signal, onBatch }).catch(
            (error: unknown) => {
              if (!(error instanceof MirrorError)) throw error;
              return null;
            },
          );
          if (result === null || result.comparison === null) continue;
          isDone = result.outstanding.length === 0;
          expect(result.comparison.isEqual).toBe(isDone);
        }
        expect(isDone).toBe(true);
        expect(await statesOf(b)).toEqual(await statesOf(a));
        expect(await quarantineOf(b)).toEqual([]);
        expect((await b.pool.query("SELECT FROM outstanding_papers")).rowCount).toBe(0);
        // A paper that was stored twice would have a second line in the feed.
        expect(await headOf(b)).toMatchObject({ position: BigInt(documents.length) });
        expect((await checkTables(b, { keyring })).differences).toEqual([]);
      } finally {
        await server.close();
      }
    }),
    { numRuns: 8, seed: 20_261_130, endOnFailure: true },
  );
  expect(fired).toBeGreaterThan(100);
});
