import type { IncomingMessage, ServerResponse } from "node:http";
import { setInterval } from "node:timers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import {
  cursorOf,
  follow,
  headOf,
  ingestTexts,
  localFetcher,
  papers,
  pathOf,
  quarantineOf,
  serveMirror,
  statesOf,
  withAnchor,
} from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;

beforeEach(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});
afterEach(() => Promise.all([a.drop(), b.drop()]));

it("a mirror reaches the same states as another through new papers, older events and wrong answers", async () => {
  const [first, second] = [papers(5), papers(6, 100)];
  const textsOf = (documents: typeof first) => documents.map(({ text }) => text);
  await ingestTexts(a, textsOf(first));
  const wrong = new Map<string, (response: ServerResponse) => void>();
  const server = await serveMirror(a, (request: IncomingMessage, response) => {
    const answer = wrong.get(request.url ?? "");
    answer?.(response);
    return answer !== undefined;
  });
  expect((await follow(b, server.url)).comparison?.isEqual).toBe(true);
  const before = await statesOf(b);

  // A ingests new papers, and later and earlier events of papers that B has.
  const [known = expect.fail(), alsoKnown = expect.fail()] = first;
  await ingestTexts(a, textsOf(second));
  await ingestTexts(a, [
    withAnchor(known, "2026-07-01T00:00:00Z"),
    withAnchor(alsoKnown, "2026-05-02T00:00:00Z"),
  ]);

  // For four of the new papers it gives wrong answers.
  const [tampered = expect.fail(), misnamed = expect.fail(), endless = expect.fail(), slow = expect.fail()] =
    second;
  const altered = tampered.text.replace('"primary_cat":"cs.LG"', '"primary_cat":"cs.CL"');
  expect(altered).not.toBe(tampered.text);
  wrong.set(pathOf(tampered), (response) => response.end(altered));
  wrong.set(pathOf(misnamed), (response) => response.end(known.text));
  wrong.set(pathOf(endless), (response) => {
    const megabyte = Buffer.alloc(1 << 20, " ");
    const write = () => {
      while (!response.destroyed && response.write(megabyte));
    };
    response.writeHead(200, { "content-length": 10_000_000_000 }).on("drain", write);
    write();
  });
  wrong.set(pathOf(slow), (response) => {
    const trickle = setInterval(() => response.write(" "), 5);
    response.writeHead(200).on("close", () => clearInterval(trickle));
  });
  const fetcher = localFetcher({ minBytes: 1000, window: 1000 });
  const result = await follow(b, server.url, { fetcher });

  const refused = [
    [tampered, "RECORD_HASH_MISMATCH"],
    [misnamed, "WRONG_PAPER"],
    [endless, "TOO_LARGE"],
  ] as const;
  const named = refused.map(([document, code]) => ({ source: server.url + pathOf(document), code }));
  const bySource = (one: { source: string }, other: { source: string }) =>
    one.source < other.source ? -1 : 1;
  const reported = result.refusals.map(({ source, rejection }) => ({ source, code: rejection?.code ?? "" }));
  expect(reported.sort(bySource)).toEqual([...named].sort(bySource));
  expect((await quarantineOf(b)).sort(bySource)).toEqual([...named].sort(bySource));
  expect(result.outstanding.map(({ paper, code }) => [paper, code])).toEqual([[slow.pithNumber, "TOO_SLOW"]]);
  expect([result.merged, result.comparison?.isEqual]).toEqual([4, false]);
  expect(await cursorOf(b, server.url)).toBe(Number((await headOf(a)).position));
  const states = await statesOf(a);
  for (const document of [slow, ...refused.map(([document]) => document)]) delete states[document.pithNumber];
  expect(await statesOf(b)).toEqual(states);
  for (const { pithNumber } of [known, alsoKnown]) expect(states[pithNumber]).not.toBe(before[pithNumber]);

  // A gives right answers again, and B fetches from the start what it missed.
  wrong.clear();
  const again = await follow(b, server.url, { fromStart: true });
  expect([again.merged, again.unchanged, again.comparison?.isEqual]).toEqual([4, 7, true]);
  expect(again.outstanding).toEqual([]);
  expect(await statesOf(b)).toEqual(await statesOf(a));
  expect((await headOf(b)).checksum).toBe((await headOf(a)).checksum);
  await server.close();
});
