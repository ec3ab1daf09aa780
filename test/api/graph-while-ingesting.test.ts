import { afterAll, beforeAll, expect, it } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";

import { workIdOf } from "../../src/row-rules/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { NaiveGraph } from "../graph/naive.ts";
import { below, type Edge, type EdgeListGraph, pick, type Random, randomOf } from "../graph/random-graph.ts";
import { comparable } from "../graph/random-question.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { registry, signedEvent } from "../protocol/signed-events.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf, referenceOf, type SyntheticPaper, snapshotOf } from "./fixtures/documents.ts";

/*
 * A writer ingests documents whose snapshots supersede each other: references appear, disappear, and join two works
 * into one. Each answer of concurrent GraphQL queries must be that of the tables after some commit.
 */
const seed = Number(process.env["PITH_SEED"] ?? 7);
const papers = 20;
const rounds = 40;
const arxivIdOf = (index: number) => `2302.${10000 + index}`;
const doiOf = (index: number) => `10.1000/${index}`;

let database: TestDatabase;
const graphs: GraphService[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(graphs.map((graph) => graph.close()));
  await database.drop();
});

/** References that name a paper by its arXiv id, a DOI, or both: then the two are one work. */
function randomReferences(random: Random) {
  return Array.from({ length: below(random, 7) }, (_, number) => {
    const arxivId = arxivIdOf(below(random, papers + 5));
    const doi = doiOf(below(random, 12));
    const names = pick(random, [{ arxivId }, { arxivId }, { doi }, { arxivId, doi }]);
    return referenceOf(number + 1, { ...names, isInternalAnchor: random() < 0.4 });
  });
}

/** The document of a paper with one snapshot for each list of references, each superseding the one before. */
function documentAfter(index: number, lists: readonly SyntheticPaper["references"][]): string {
  const paper = { arxivId: arxivIdOf(index), submittedAt: "2023-02-01T00:00:00Z", title: `Paper ${index}` };
  const [first, ...later] = lists;
  return documentOf({
    ...paper,
    ...(first && { references: first }),
    more: ({ snapshot, pithNumber }) => {
      let superseded = snapshot;
      return later.map((references, place) => {
        const event = signedEvent(registry, {
          event_type: "graph_snapshot",
          created_at: `2026-07-01T00:${String(place).padStart(2, "0")}:00Z`,
          subject_pith_number: pithNumber,
          prev_event: superseded,
          supersedes: [superseded],
          payload: snapshotOf({ ...paper, ...(references && { references }) }),
        });
        superseded = event.event_id;
        return event;
      });
    },
  }).text;
}

async function readTables(): Promise<{ version: string; graph: EdgeListGraph }> {
  const { rows } = await database.pool.query<{ version: string; works: string[]; edges: Edge[] }>(
    `SELECT (SELECT value::text FROM totals WHERE name = 'graph_position') AS version,
       (SELECT coalesce(array_agg(work_id::text), '{}') FROM works) AS works,
       (SELECT coalesce(json_agg(json_build_object('citing', citing_work_id::text, 'cited', cited_work_id::text,
          'isAnchor', is_internal_anchor)), '[]') FROM citations) AS edges`,
  );
  const { version = "", works = [], edges = [] } = rows[0] ?? {};
  return {
    version,
    graph: {
      works: works.map(BigInt),
      edges: edges.map(({ citing, cited, isAnchor }) => ({
        citing: BigInt(citing),
        cited: BigInt(cited),
        isAnchor,
      })),
    },
  };
}

type Answered = {
  readonly ref: string;
  readonly answer: {
    readonly reachableWorks: { readonly counts: number[]; readonly graphVersion: string };
    readonly citationGraph: {
      readonly nodeCount: number;
      readonly edgeCount: number;
      readonly graphVersion: string;
      readonly edges: readonly object[];
    };
    readonly relatedWorks: {
      readonly graphVersion: string;
      readonly nodes: readonly { readonly sharedCount: number }[];
    };
  };
};

const query = `query ($ref: String!) {
  reachableWorks(ref: $ref, direction: BOTH, maxDepth: 2) { counts graphVersion }
  citationGraph(roots: [$ref], direction: REFERENCES, depth: 3, maxNodes: 5000) {
    nodeCount edgeCount graphVersion edges { citing { id } cited { id } } }
  relatedWorks(ref: $ref, by: BIBLIOGRAPHIC_COUPLING, first: 100) { graphVersion nodes { sharedCount } } }`;

it(`graph queries are answered from committed versions only while snapshots change (seed ${seed})`, async () => {
  const random = randomOf(seed);
  const lists = Array.from({ length: papers }, () => [randomReferences(random)]);
  await ingestDocuments(
    database,
    lists.map((list, index) => documentAfter(index, list)),
  );
  const start = await readTables();
  const versions = new Map([[start.version, start.graph]]);
  graphs.push(
    startGraph(database, { threads: 1, foldBytes: 2000 }),
    startGraph(database, { threads: 1, eventLoopMilliseconds: 0 }),
  );
  await Promise.all(graphs.map((graph) => graph.waitUntilLoaded(AbortSignal.timeout(60_000))));

  let isWriting = true;
  const write = async () => {
    for (let round = 0; round < rounds; round++) {
      const documents = Array.from({ length: 1 + below(random, 3) }, () => {
        const index = below(random, papers);
        const list = lists[index] as ReturnType<typeof randomReferences>[];
        list.push(random() < 0.2 ? [] : randomReferences(random));
        return documentAfter(index, list);
      });
      await ingestDocuments(database, documents);
      const { version, graph } = await readTables();
      versions.set(version, graph);
    }
    isWriting = false;
  };
  const seen: Answered[] = [];
  const read = async (client: Client, readerSeed: number) => {
    const readers = randomOf(readerSeed);
    while (isWriting) {
      const ref = arxivIdOf(below(readers, papers));
      seen.push({ ref, answer: await client.ask<Answered["answer"]>(query, { ref }) });
      await new Promise(setImmediate);
    }
  };
  const clients = [...graphs.map((graph) => createClient(database, graph)), createClient(database)];
  await Promise.all([write(), ...clients.map(read)]);

  const naives = new Map([...versions].map(([version, graph]) => [version, new NaiveGraph(graph)]));
  const of = (version: string) => {
    const naive = naives.get(version);
    if (naive === undefined) throw new Error(`Nothing was committed at version ${version}.`);
    return naive;
  };
  for (const { ref, answer } of sampleOf(seen, 150)) {
    const work = workIdOf(`arxiv:${ref}`);
    const { reachableWorks, citationGraph, relatedWorks } = answer;
    const levels = of(reachableWorks.graphVersion).levels([work], "BOTH", 2);
    expect(reachableWorks.counts).toEqual(levels.map(({ length }) => length));
    const around = of(citationGraph.graphVersion).neighbourhood({
      roots: [work],
      direction: "REFERENCES",
      depth: 3,
      maxNodes: 5000,
    });
    expect(citationGraph.nodeCount).toBe(around.nodes.length);
    expect(citationGraph.edgeCount).toBe(around.edges.length);
    // Works that have been joined since are missing, but nothing is added.
    expect(citationGraph.edges.length).toBeLessThanOrEqual(around.edges.length);
    const { related } = of(relatedWorks.graphVersion).relatedWorks({
      work,
      by: "BIBLIOGRAPHIC_COUPLING",
      first: 100,
      shared: 0,
    });
    const shared = related.map(({ sharedCount }) => sharedCount).sort();
    for (const { sharedCount } of relatedWorks.nodes) expect(shared).toContain(sharedCount);
  }
  expect(new Set(seen.map(({ answer }) => answer.reachableWorks.graphVersion)).size).toBeGreaterThan(10);

  const { version, graph: left } = await readTables();
  const naive = new NaiveGraph(left);
  const all = { roots: naive.works, direction: "BOTH", depth: 0, maxNodes: 100_000 } as const;
  const expected = naive.neighbourhood(all);
  for (const graph of graphs) {
    await graph.waitForPosition(BigInt(version), AbortSignal.timeout(60_000));
    expect(comparable("neighbourhood", await graph.neighbourhood(all))).toEqual(expected);
    expect(graph.status()).toMatchObject({ vertices: naive.works.length, edges: naive.edges.length });
  }
});

/** At most `most` items, evenly spread: the naive answers are slow. */
function sampleOf<Item>(items: readonly Item[], most: number): Item[] {
  const every = Math.ceil(items.length / most);
  return items.filter((_, index) => index % every === 0);
}
