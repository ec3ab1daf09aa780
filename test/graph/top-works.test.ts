import { afterAll, beforeAll, expect, test } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { commitGraph } from "./graph-tables.ts";
import { NaiveGraph } from "./naive.ts";
import { type EdgeListGraph, randomGraph, randomOf } from "./random-graph.ts";
import { changedGraph } from "./versions.ts";

let database: TestDatabase;
let graph: GraphService;
/** Keeps using the ranks of an earlier version during the test. */
let patient: GraphService;
let current: EdgeListGraph = { works: [], edges: [] };

const soon = () => AbortSignal.timeout(60_000);

async function commit(next: EdgeListGraph): Promise<string> {
  const position = await commitGraph(database, current, next);
  current = next;
  await Promise.all([graph.waitForPosition(position, soon()), patient.waitForPosition(position, soon())]);
  return position.toString();
}

beforeAll(async () => {
  database = await createTestDatabase();
  graph = startGraph(database, { threads: 1, maxSummaryBytes: 0, maxRankAgeMilliseconds: 0 });
  patient = startGraph(database, { threads: 1, maxSummaryBytes: 0, maxRankAgeMilliseconds: 3_600_000 });
  await Promise.all([graph.waitUntilLoaded(soon()), patient.waitUntilLoaded(soon())]);
});

afterAll(async () => {
  await Promise.all([graph.close(), patient.close()]);
  await database.drop();
});

test("topWorks equals the naive implementation's for all works, a selection and a subgraph", async () => {
  const random = randomOf(5);
  for (let step = 0; step < 30; step++) {
    const graphVersion = await commit(
      step % 5 === 0 ? randomGraph(random, 25) : changedGraph(random, current),
    );
    const naive = new NaiveGraph(current);
    const some = naive.works.filter(() => random() < 0.5);
    const others = naive.works.filter(() => random() < 0.5);
    for (const { among, within } of [
      {},
      { among: some },
      { within: some },
      { among: others, within: some },
    ] as {
      among?: bigint[];
      within?: bigint[];
    }[]) {
      const ranked = within ?? naive.works;
      const listed = ranked.filter((work) => among === undefined || among.includes(work));
      const citations = new Map(
        ranked.map((work) => [work, naive.citedBy(work).filter((citing) => ranked.includes(citing)).length]),
      );
      const input = { first: 100, among, within };
      const cited = await graph.topWorks({ ...input, by: "CITED_BY_COUNT" });
      const expected = listed
        .map((workId) => ({ workId, score: citations.get(workId) ?? 0 }))
        .sort((a, b) => b.score - a.score || (a.workId < b.workId ? -1 : 1));
      expect(cited, `step ${step}`).toEqual({ works: expected, truncated: false, graphVersion });

      const byRank = await graph.topWorks({ ...input, by: "PAGERANK" });
      expect(byRank.graphVersion).toBe(graphVersion);
      const ranks = naive.pageRank(ranked, 0.85, 150);
      expect(byRank.works.length).toBe(listed.length);
      for (const [place, { workId, score }] of byRank.works.entries()) {
        expect(listed).toContain(workId);
        expect(score).toBeCloseTo(ranks.get(workId) ?? Number.NaN, 8);
        expect(score).toBeLessThanOrEqual(byRank.works[place - 1]?.score ?? 1);
      }
    }
  }
});

test("topWorks by PageRank returns cached ranks with the graph version that they are of", async () => {
  const before = await commit(randomGraph(randomOf(6), 25));
  const ranked = await patient.topWorks({ by: "PAGERANK", first: 5 });
  await commit({ works: [...current.works, 2n ** 50n], edges: current.edges });
  const again = await patient.topWorks({ by: "PAGERANK", first: 5 });
  expect(again).toEqual(ranked);
  expect(Number(again.graphVersion)).toBeLessThanOrEqual(Number(before));
  const cited = await patient.topWorks({ by: "CITED_BY_COUNT", first: 5 });
  expect(Number(cited.graphVersion)).toBeGreaterThan(Number(again.graphVersion));
});
