import { afterAll, beforeAll, expect, it } from "vitest";
import { currentSummaries } from "../../src/api/loaders/summaries.ts";
import { type GraphOptions, type GraphService, startGraph } from "../../src/graph/index.ts";
import { appendGraphReset } from "../../src/store/graph-feed.ts";
import { DataVersion } from "../../src/store/index.ts";
import { primaryVersion } from "../../src/store/read-server.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { below, pick, type Random, randomOf } from "../graph/random-graph.ts";
import { readSummaryRows, type TableRow } from "../graph/summary-rows.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { registry, signedEvent } from "../protocol/signed-events.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf, referenceOf, snapshotOf } from "./fixtures/documents.ts";

/*
 * A writer changes titles, authors, references, the works that DOIs name, and adds versions of papers, while 24 readers
 * ask. A work in an answer of the graph must be as the tables had it at the answer's version; any other must be as they
 * had it at some time between the question and the answer.
 */
const seed = Number(process.env["PITH_SEED"] ?? 5);
const papers = 12;
const rounds = 30;
const readers = 24;
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

type Snapshot = {
  readonly title: string;
  readonly authors: string;
  readonly references: ReturnType<typeof referenceOf>[];
};

function randomSnapshot(random: Random, title: string): Snapshot {
  const count = random() < 0.2 ? 0 : below(random, 7);
  const references = Array.from({ length: count }, (_, number) => {
    const arxivId = arxivIdOf(below(random, papers + 5));
    const doi = doiOf(below(random, 8));
    const names = pick(random, [{ arxivId }, { arxivId }, { doi }, { arxivId, doi }]);
    return referenceOf(number + 1, { ...names, title: `Cited by ${title}` });
  });
  const authors = pick(random, ["Ada Lovelace", "Ada Lovelace, Emmy Noether", "Emmy Noether"]);
  return { title, authors, references };
}

/** The document of a version of a paper, with snapshots of which each supersedes the one before. */
function documentAfter(index: number, version: number, snapshots: readonly Snapshot[]): string {
  const submittedAt = `2023-02-0${version}T00:00:00.12345${version}Z`;
  const paper = { arxivId: arxivIdOf(index), version, submittedAt, category: "hep-th" };
  const [first, ...later] = snapshots;
  return documentOf({
    ...paper,
    ...(first as Snapshot),
    more: ({ snapshot, pithNumber }) => {
      let superseded = snapshot;
      return later.map((next, place) => {
        const event = signedEvent(registry, {
          event_type: "graph_snapshot",
          created_at: `2026-07-01T00:${String(place).padStart(2, "0")}:00Z`,
          subject_pith_number: pithNumber,
          prev_event: superseded,
          supersedes: [superseded],
          payload: snapshotOf({ ...paper, ...next }),
        });
        superseded = event.event_id;
        return event;
      });
    },
  }).text;
}

type ShownWork = { readonly arxivId: string | null; readonly doi: string | null };

const shownPaper = "pithNumber title submittedAt primaryCategory authors source { kind identifier version }";
const shownWork = `arxivId doi title year statedYear citedByCount referenceCount paper { ${shownPaper} }`;

/** The answer to `shownWork` for a row. */
function shownOf(row: TableRow): ShownWork {
  const [, kind = "", name = ""] = /^(\w+):(.*)$/s.exec(row.key) ?? [];
  const { paper } = row;
  return {
    arxivId: kind === "arxiv" ? name : null,
    doi: kind === "doi" ? name : row.otherDoi,
    title: row.title,
    year: row.year,
    statedYear: row.statedYear === row.year ? null : row.statedYear,
    citedByCount: row.citedByCount,
    referenceCount: paper === null ? null : row.referenceCount,
    paper: paper && {
      pithNumber: paper.pithNumber,
      title: paper.title,
      submittedAt: paper.submittedAt,
      primaryCategory: paper.primaryCategory,
      authors: row.allAuthors,
      source: paper.source && {
        kind: paper.source[0],
        identifier: paper.source[1],
        version: paper.source[2],
      },
    },
  } as ShownWork;
}

const nameOf = ({ arxivId, doi }: ShownWork) => arxivId ?? doi ?? "";

/** The works of the tables at a position of the feed, by name, as text. */
type State = { readonly version: string; readonly works: ReadonlyMap<string, string> };

async function readState(): Promise<State> {
  const { rows } = await database.pool.query<{ value: string }>(
    "SELECT value::text FROM totals WHERE name = 'graph_position'",
  );
  const works = (await readSummaryRows(database)).map(shownOf);
  return {
    version: rows[0]?.value ?? "0",
    works: new Map(works.map((work) => [nameOf(work), JSON.stringify(work)])),
  };
}

const question = `query ($ref: String!) {
  citationGraph(roots: [$ref], direction: BOTH, depth: 2) { graphVersion nodes { work { ${shownWork} } } }
  relatedWorks(ref: $ref, by: BIBLIOGRAPHIC_COUPLING) { graphVersion nodes { work { ${shownWork} } } }
  work(ref: $ref) { ${shownWork} }
  paper(ref: $ref) { references(first: 5) { nodes { work { ${shownWork} } } } } }`;

type Nodes = { readonly nodes: readonly { readonly work: ShownWork }[] };
type Answer = {
  readonly citationGraph: Nodes & { readonly graphVersion: string };
  readonly relatedWorks: Nodes & { readonly graphVersion: string };
  readonly work: ShownWork;
  readonly paper: { readonly references: Nodes };
};

type Asked = {
  readonly answer: Answer;
  readonly since: number;
  readonly until: number;
  readonly isOfVersion: boolean;
};

it(`works are as in the tables while 24 readers ask and a writer changes them (seed ${seed})`, async () => {
  const random = randomOf(seed);
  const versions = new Map<string, Snapshot[]>();
  const documentOfNext = (index: number, version: number) => {
    const key = `${index} ${version}`;
    const snapshots = [
      ...(versions.get(key) ?? []),
      randomSnapshot(random, `Paper ${key} ${versions.size} ${random()}`),
    ];
    versions.set(key, snapshots);
    return documentAfter(index, version, snapshots);
  };
  await ingestDocuments(
    database,
    Array.from({ length: papers }, (_, index) => documentOfNext(index, 1)),
  );
  const states = [await readState()];

  const start = (options: GraphOptions) => {
    const graph = startGraph(database, { threads: 1, pollMilliseconds: 3_600_000, ...options });
    graphs.push(graph);
    return graph;
  };
  const stores = [
    { graph: start({ foldBytes: 2_000 }), isOfVersion: true },
    { graph: start({ eventLoopMilliseconds: 0, maxReplacedSummaryBytes: 8_000 }), isOfVersion: true },
    { graph: start({ maxSummaryBytes: 2_500 }), isOfVersion: false },
    { graph: start({ maxSummaryBytes: 0 }), isOfVersion: false },
  ];
  await Promise.all(stores.map(({ graph }) => graph.waitUntilLoaded(AbortSignal.timeout(60_000))));
  const clients = stores.map(({ graph, isOfVersion }) => {
    const version = new DataVersion(
      { versionDatabase: database, versionStatement: primaryVersion },
      () => null,
    );
    return {
      client: createClient(database, graph, {}, undefined, currentSummaries(graph, version)),
      isOfVersion,
    };
  });
  clients.push({ client: createClient(database), isOfVersion: false });

  let isWriting = true;
  const write = async () => {
    for (let round = 0; round < rounds; round++) {
      if (round === 10) {
        await database.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()",
        );
      }
      if (round === 20) {
        await reset();
        states.push(await readState());
      }
      const documents = Array.from({ length: 1 + below(random, 3) }, () =>
        documentOfNext(below(random, papers), random() < 0.2 ? 2 : 1),
      );
      await ingestDocuments(database, documents);
      states.push(await readState());
    }
    isWriting = false;
  };
  const asked: Asked[] = [];
  const read = async (
    { client, isOfVersion }: { client: Client; isOfVersion: boolean },
    readerSeed: number,
  ) => {
    const own = randomOf(readerSeed);
    while (isWriting) {
      const since = states.length - 1;
      const asking = client.ask<Answer>(question, { ref: arxivIdOf(below(own, papers)) });
      const answer = await asking.catch(ignoreReplacedRows);
      if (answer === null) continue;
      // The writer may have committed one more than it has read.
      asked.push({ answer, since, until: states.length, isOfVersion });
      await new Promise(setImmediate);
    }
  };
  const reading = Array.from({ length: readers }, (_, index) =>
    read(clients[index % clients.length] as (typeof clients)[number], index),
  );
  await Promise.all([write(), ...reading]);

  const byVersion = new Map(states.map((state) => [state.version, state]));
  let compared = 0;
  for (const { answer, since, until, isOfVersion } of asked) {
    const current = [answer.work, ...answer.paper.references.nodes.map(({ work }) => work)];
    const between = states.slice(since, until + 1);
    for (const work of current) {
      for (const part of partsOf(work)) {
        const known = between.map(({ works }) => partsOf(JSON.parse(works.get(nameOf(work)) ?? "{}")));
        expect(known.flat(), "one of those between question and answer").toContain(part);
      }
    }
    if (!isOfVersion) continue;
    for (const { graphVersion, nodes } of [answer.citationGraph, answer.relatedWorks]) {
      const state = byVersion.get(graphVersion);
      for (const { work } of nodes) {
        expect(JSON.stringify(work), `at version ${graphVersion}`).toBe(state?.works.get(nameOf(work)));
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(100);
  expect(new Set(asked.map(({ answer }) => answer.citationGraph.graphVersion)).size).toBeGreaterThan(10);
});

/**
 * The parts of a work that are read by one statement each, as texts. Of the paper only which it is: its row may be read
 * when another one represents the work already.
 */
function partsOf({ doi, ...rest }: Record<string, unknown>): string[] {
  const { paper, ...row } = rest as { readonly paper?: { readonly pithNumber: string } | null };
  return [{ doi }, { paper: paper?.pithNumber }, { row }].map((part) => JSON.stringify(part));
}

/** Between a statement that reads references and the next one, a cited work may be removed: the query then fails. */
function ignoreReplacedRows(error: Error): null {
  if (error.message.includes("although another row refers to it")) return null;
  throw error;
}

async function reset(): Promise<void> {
  const client = await database.pool.connect();
  await client.query("BEGIN");
  await appendGraphReset(client, new Date().toISOString());
  await client.query("COMMIT");
  client.release();
}
