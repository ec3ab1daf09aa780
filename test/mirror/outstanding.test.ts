import { afterAll, beforeAll, expect, it } from "vitest";
import type { FetchFailure } from "../../src/sync/fetch-error.ts";
import { afterFailure, type OutstandingPaper } from "../../src/sync/outstanding.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { follow, ingestTexts, papers, pathOf, serveMirror, statesOf } from "./mirrors.ts";

let a: TestDatabase;
let b: TestDatabase;
const [paper = expect.fail(), ...others] = papers(3);

beforeAll(async () => {
  [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await ingestTexts(
    a,
    [paper, ...others].map(({ text }) => text),
  );
});
afterAll(() => Promise.all([a.drop(), b.drop()]));

/** The seconds until each of the next attempts, for failures in succession. */
function delaysOf(count: number, random: number, retryAfter?: number): number[] {
  const failure: FetchFailure = {
    code: "FETCH_FAILED",
    message: "503",
    isAnswer: false,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
  let entry: OutstandingPaper | undefined;
  return Array.from({ length: count }, () => {
    entry = afterFailure(entry, { paper: "P", failure, minimumProof: "hash" }, 0, random) ?? undefined;
    return Date.parse(entry?.nextAttemptAt ?? "") / 1000;
  });
}

/** @input I6 */
it("afterFailure doubles the delay from 15 s up to an hour, spread by a quarter, and respects Retry-After", () => {
  expect(delaysOf(10, 0.5)).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  expect([delaysOf(1, 0), delaysOf(1, 1)]).toEqual([[11.25], [18.75]]);
  expect(delaysOf(4, 0.5, 50_000)).toEqual([50, 50, 60, 120]);
  expect(delaysOf(1, 0.5, 1e12)).toEqual([86_400]);
});

/** @input I6 */
it("a follower requests an outstanding paper only when it is due, and then stores it", async () => {
  let isBroken = true;
  const server = await serveMirror(a, (request, response) => {
    if (!isBroken || request.url !== pathOf(paper)) return false;
    response.writeHead(503).end();
    return true;
  });
  try {
    expect((await follow(b, server.url)).outstanding).toMatchObject([{ paper: paper.pithNumber }]);
    isBroken = false;
    await b.pool.query("UPDATE outstanding_papers SET next_attempt_at = now() + interval '1 day'");
    server.requests.splice(0);
    expect((await follow(b, server.url, { retryOutstanding: "due" })).outstanding).toHaveLength(1);
    expect(server.requests).not.toContain(pathOf(paper));
    await b.pool.query("UPDATE outstanding_papers SET next_attempt_at = now() - interval '1 second'");
    expect((await follow(b, server.url, { retryOutstanding: "due" })).outstanding).toEqual([]);
    expect(await statesOf(b)).toEqual(await statesOf(a));
  } finally {
    await server.close();
  }
});
