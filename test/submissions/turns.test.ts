import { expect, it } from "vitest";
import { SubmissionPriority } from "../../src/server/submissions/admission.ts";
import { type SubmissionOutcome, workBatch } from "../../src/submissions/index.ts";
import { keyring } from "../protocol/signed-events.ts";
import { openSite, paper } from "./site.ts";

/** @threat T45 */
it("a single document is in the next batch, however many documents of another token are queued", async () => {
  const site = await openSite();
  const bulk = Array.from({ length: 400 }, (_, index) => paper(index).text).join("\n");
  const other = { authorization: "Bearer other" };
  expect((await site.post(bulk, other, "?wait=0")).answers).toHaveLength(400);
  const batches: string[][] = [];
  const onBatch = (outcomes: readonly SubmissionOutcome[]) => batches.push(outcomes.map(({ id }) => id));
  const work = () => workBatch(site.database, { keyring, batchDocuments: 200, onBatch });
  // The first hundred of a token have the same precedence as a single one.
  await work();
  expect(batches[0]?.length).toBeGreaterThan(100);
  expect(batches[0]?.length).toBeLessThan(200);
  const [single] = (await site.post(paper(500).text, {}, "?wait=0")).answers;
  await work();
  // In a batch of its own, so that it waits for no others.
  expect(batches[1]).toEqual([single?.id]);
  await site.close();
});

it("two tokens that send equally many documents are served alternately, each in its order", async () => {
  const site = await openSite();
  const bulk = (from: number) =>
    Array.from({ length: 60 }, (_, index) => paper(from + index).text).join("\n");
  const first = (await site.post(bulk(0), { authorization: "Bearer other" }, "?wait=0")).answers;
  const second = (await site.post(bulk(100), {}, "?wait=0")).answers;
  const processed: string[] = [];
  const onBatch = (outcomes: readonly SubmissionOutcome[]) => processed.push(...outcomes.map(({ id }) => id));
  for (let batch = 0; batch < 3; batch++) {
    await workBatch(site.database, { keyring, batchDocuments: 20, onBatch });
  }
  const firstProcessed = first.filter(({ id }) => processed.includes(id ?? ""));
  const secondProcessed = second.filter(({ id }) => processed.includes(id ?? ""));
  // The second token's documents arrived a little later, so it is a little behind.
  for (const some of [firstProcessed, secondProcessed]) expect(some.length).toBeGreaterThan(20);
  expect(firstProcessed).toEqual(first.slice(0, firstProcessed.length));
  expect(secondProcessed).toEqual(second.slice(0, secondProcessed.length));
  await site.close();
});

it("a token that has sent thousands of documents regains its full precedence after a minute", () => {
  let now = 0;
  const precedence = new SubmissionPriority(() => now);
  expect(precedence.headStart("a")).toBe(3_600);
  for (let nth = 1; nth < 100; nth++) precedence.headStart("a");
  expect(precedence.headStart("a")).toBe(1_800);
  expect(precedence.headStart("b")).toBe(3_600);
  for (let nth = 101; nth < 10_000; nth++) precedence.headStart("a");
  expect(precedence.headStart("a")).toBeCloseTo(35.6, 1);
  now += 60_000;
  expect(precedence.headStart("a")).toBe(3_600);
});
