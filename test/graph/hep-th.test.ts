import { afterAll, beforeAll, expect, test } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { workIdOf } from "../../src/row-rules/index.ts";
import { readHepTh } from "../../src/sample/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { writeTables } from "./graph-tables.ts";

const work = (arxivId: string) => workIdOf(`arxiv:${arxivId}`);

let database: TestDatabase;
let graph: GraphService;

beforeAll(async () => {
  database = await createTestDatabase();
  const ids = new Map<string, bigint>();
  const idOf = (arxivId: string) => {
    const id = ids.get(arxivId) ?? work(arxivId);
    ids.set(arxivId, id);
    return id;
  };
  const edges = readHepTh().flatMap(({ arxivId, references }) =>
    references.map((cited) => ({ citing: idOf(arxivId), cited: idOf(cited), isAnchor: false })),
  );
  const client = await database.pool.connect();
  await writeTables(client, { works: [...ids.values()], edges });
  client.release();
  graph = startGraph(database, { maxSummaryBytes: 0 });
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
});

afterAll(async () => {
  await graph.close();
  await database.drop();
});

test("loads 352,807 citations of 27,770 works in less than 10 bytes a citation", () => {
  const { edges, vertices, bytes, isLoaded, loadError } = graph.status();
  expect({ edges, vertices, isLoaded, loadError }).toEqual({
    edges: 352_807,
    vertices: 27_770,
    isLoaded: true,
    loadError: null,
  });
  // 8 bytes an edge and 24 a work.
  expect(bytes / edges).toBeLessThan(10);
});

test("counts 2,414 citations of Maldacena's paper, and 562 references of the review by Aharony et al.", async () => {
  const { works } = await graph.topWorks({ by: "CITED_BY_COUNT", first: 2 });
  expect(works[0]).toEqual({ workId: work("hep-th/9711200"), score: 2414 });
  const review = { roots: [work("hep-th/9905111")], direction: "REFERENCES", maxDepth: 1 } as const;
  expect(await graph.reachable(review)).toMatchObject({ counts: [1, 562], truncated: false });
});

test("answers the same in memory and in SQL", async () => {
  const tables = startGraph(database, { adjacency: "sql" });
  const maldacena = work("hep-th/9711200");
  const witten = work("hep-th/9802150");
  const roots = [maldacena, witten];
  const around = { roots, direction: "BOTH", depth: 2, maxNodes: 300 } as const;
  expect(await graph.neighbourhood(around)).toEqual(await tables.neighbourhood(around));
  const coupled = { work: witten, by: "CO_CITATION", first: 20, shared: 10 } as const;
  expect(await graph.relatedWorks(coupled)).toEqual(await tables.relatedWorks(coupled));
  const way = {
    from: work("hep-th/9905111"),
    to: work("hep-th/9304045"),
    direction: "BOTH",
    maxDepth: 8,
  } as const;
  expect(await graph.path(way)).toEqual(await tables.path(way));
  const common = { works: roots, least: 2, first: 20 };
  expect(await graph.commonReferences(common)).toEqual(await tables.commonReferences(common));
  const derived = { works: roots, first: 20 };
  expect(await graph.derivativeWorks(derived)).toEqual(await tables.derivativeWorks(derived));
  await tables.close();
});

test("answers the same on the event loop and in a thread", async () => {
  const threaded = startGraph(database, { eventLoopMilliseconds: 0, maxSummaryBytes: 0, threads: 1 });
  await threaded.waitUntilLoaded();
  const around = { roots: [work("hep-th/9905111")], direction: "BOTH", depth: 3, maxNodes: 5000 } as const;
  expect(await threaded.neighbourhood(around)).toEqual(await graph.neighbourhood(around));
  await threaded.close();
});

test("ranks the complete graph by PageRank", async () => {
  const ranked = await graph.topWorks({ by: "PAGERANK", first: 3 });
  expect(ranked.truncated).toBe(false);
  const first = ["hep-th/9207016", "hep-th/9407087", "hep-th/9201015"];
  expect(ranked.works.map(({ workId }) => workId)).toEqual(first.map(work));
  expect(ranked.works[0]?.score).toBeCloseTo(0.006_229_132, 8);
});
