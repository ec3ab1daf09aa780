import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { recordStatements } from "../ingest/recorded-statements.ts";
import { type Client, createClient } from "./client.ts";
import { arxivIdOf, hubArxivId, ingestLibrary, type Library } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;
let library: Library;
let graph: GraphService;
/** Without summaries, and its client. */
let graphOfIds: GraphService;
let clientOfIds: Client;
let graphDatabase: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  library = await ingestLibrary(database);
  // With its own connections, so that the statements by which it follows changes are not counted.
  graphDatabase = openDatabase({ connection: database.connection });
  graph = startGraph(graphDatabase);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  client = createClient(database, graph);
  graphOfIds = startGraph(graphDatabase, { maxSummaryBytes: 0 });
  await graphOfIds.waitUntilLoaded(AbortSignal.timeout(60_000));
  clientOfIds = createClient(database, graphOfIds);
});
afterAll(async () => {
  await Promise.all([graph.close(), graphOfIds.close()]);
  await graphDatabase.close();
  await database.drop();
});

/** Queries for $n papers, and the number of statements that they make. */
const queries: Record<string, { source: string; statements: number }> = {
  "papers with claims": {
    source: `query ($n: Int!) { papers(first: $n) { nodes { title claims { totalCount nodes { text } } } } }`,
    statements: 2,
  },
  "papers with claims, references, cited papers and provenance": {
    source: `query ($n: Int!) { papers(first: $n) { totalCount nodes { title
      claims(first: 5) { totalCount nodes { text paper { title } provenance { proof event { eventId } signer { keyId } } } }
      references(first: 10) { totalCount nodes { title work { title doi } citedPaper { title }
        citingPaper { title } provenance { proof signer { keyId } } } } } } }`,
    // totals, papers, claims, references with what they cite, identifiers, events, signers.
    statements: 7,
  },
  "papers with everything": {
    source: `query ($n: Int!) { papers(first: $n, orderBy: CITED_BY_DESC) { nodes {
      canonicalRecord aliases { value } verdict { verdictId } referenceCoverage { stored complete } verification { proof }
      state { sha256 appliedEventIds document }
      work { workIds arxivId papers { pithNumber } paper { title } citedBy(first: 3) { totalCount nodes { title } } }
      citedBy(first: 3) { totalCount nodes { title } }
      claims(kinds: [HEADLINE]) { totalCount nodes { text } }
      references(stored: false, first: 2) { totalCount nodes { title } }
      events(types: [GRAPH_SNAPSHOT]) { totalCount nodes { payload prevEvent { target } supersedes { eventId } } } } } }`,
    // places of papers in two: works, papers; papers; bodies of records; aliases; stored references and those of a filter with
    // their count (each places and works; once the rows); heads and logs of states; works; identifiers; papers of works; much
    // cited works; pages and papers that cite; claims with their count; events with count, their bodies, and the events that
    // they link to with theirs.
    statements: 27,
  },
};

it.each(Object.entries(queries))(
  "%s make as many statements for 20 papers as for 5, and no more for 1",
  async (_name, query) => {
    const counts: number[] = [];
    for (const n of [1, 5, 20]) {
      const statements = await client.statements(query.source, { n });
      counts.push(statements.length);
      if (statements.length > query.statements) console.error(statements.join("\n\n"));
    }
    // For one paper, some statements are unnecessary.
    expect(counts[0]).toBeLessThanOrEqual(query.statements);
    expect(counts.slice(1)).toEqual([query.statements, query.statements]);
  },
);

it("20 refs of paper take 2 statements, and 20 of work at most 5", async () => {
  const refs = Array.from({ length: 20 }, (_, index) =>
    index % 3 === 0
      ? arxivIdOf(index)
      : index % 3 === 1
        ? (library.papers[index]?.pithNumber ?? "")
        : `10.48550/arXiv.${arxivIdOf(index)}`,
  );
  const paper = (ref: string, index: number) => `p${index}: paper(ref: "${ref}") { title }`;
  const work = (ref: string, index: number) => `w${index}: work(ref: "${ref}") { title }`;
  expect(await client.statements(`{ ${refs.map(paper).join(" ")} }`)).toHaveLength(2);
  expect((await client.statements(`{ ${refs.map(work).join(" ")} }`)).length).toBeLessThanOrEqual(5);
});

it("a query reads only the tables of its selected fields", async () => {
  expect(await client.statements("{ papers { totalCount } }")).toHaveLength(1);
  expect(await client.statements("{ papers { nodes { title } } }")).toHaveLength(1);
  expect(
    await client.statements("{ papers { nodes { references { totalCount } claims { totalCount } } } }"),
  ).toHaveLength(1);
  expect(await client.statements("{ status { graphVersion papers works events } }")).toHaveLength(1);
});

const citedByHub = `{ citationGraph(roots: ["${hubArxivId}"], direction: CITED_BY, depth: 2, maxNodes: $n)`;
/**
 * Citation queries, and the number of statements that they make with summaries of works and without. A work in memory is
 * found by its identifier without one.
 */
const graphQueries: Record<string, { source: string; statements: number; withSummaries?: number }> = {
  "a graph's size": { source: `${citedByHub} { nodeCount edgeCount } }`, statements: 0 },
  "a graph with titles and edges": {
    source: `${citedByHub} { nodes { depth work { id title year citedByCount } }
      edges { citing { id } cited { title } isInternalAnchor } } }`,
    statements: 1,
    withSummaries: 0,
  },
  "a graph with papers, claims and identifiers": {
    source: `${citedByHub} { nodes { work { title doi workIds paper { title claims(first: 3) { nodes { text } } }
      papers { pithNumber } } } edges { citing { paper { title } } cited { doi } } } }`,
    // Works; identifiers, papers, papers of works; claims.
    statements: 5,
    // Identifiers, papers of works; claims.
    withSummaries: 3,
  },
  "related works": {
    source: `{ relatedWorks(ref: "${arxivIdOf(21)}", by: BIBLIOGRAPHIC_COUPLING, first: $n) { nodes { score
      work { title paper { title } } shared(first: $n) { title } again: shared(first: 1) { paper { title } } } } }`,
    statements: 2,
    withSummaries: 0,
  },
  "common references, prior and derivative works": {
    source: `{ commonReferences(refs: ["${arxivIdOf(21)}", "${arxivIdOf(22)}"], first: $n) { nodes { work { title } } }
      priorWorks(refs: ["${arxivIdOf(21)}"], first: $n) { nodes { work { title } } }
      derivativeWorks(refs: ["${arxivIdOf(21)}", "${hubArxivId}"], first: $n) { nodes { work { paper { title } } } } }`,
    statements: 2,
    withSummaries: 0,
  },
  "the most cited works": {
    source: "{ topWorks(by: CITED_BY_COUNT, first: $n) { nodes { work { title } } } }",
    statements: 1,
  },
  "the works of highest PageRank": {
    source: "{ topWorks(by: PAGERANK, first: $n, filter: { stored: true }) { nodes { work { title } } } }",
    statements: 2,
    withSummaries: 1,
  },
};

describe.each(["with", "without"])("%s summaries of works in memory", (name) => {
  const hasSummaries = name === "with";
  const ask = (source: string, variables?: Record<string, unknown>) =>
    (hasSummaries ? client : clientOfIds).statements(source, variables);

  it.each(Object.entries(graphQueries))(
    "%s: as many statements for 3, 10 and 100 works",
    async (_name, { source, statements, withSummaries = statements }) => {
      const expected = hasSummaries ? withSummaries : statements;
      const counts: number[] = [];
      for (const n of [3, 10, 100]) {
        const made = await ask(source.replaceAll("$n", String(n)));
        counts.push(made.length);
        if (made.length !== expected) console.error(made.join("\n\n"));
      }
      expect(counts).toEqual([expected, expected, expected]);
    },
  );

  it("citationGraph of 300 nodes makes the same statements as one of 10", async () => {
    const source = `query ($n: Int!) { citationGraph(roots: ["${hubArxivId}"], direction: CITED_BY, maxNodes: $n) {
      nodes { work { title paper { claims { nodes { text } } } } } edges { citing { title } } } }`;
    const few = await ask(source, { n: 10 });
    const many = await ask(source, { n: 300 });
    expect(many).toEqual(few);
    // Works and claims: of a work's paper, only its id is needed.
    expect(many).toHaveLength(hasSummaries ? 1 : 2);
  });

  it("citationPath of any length makes one statement at most", async () => {
    const path = (to: number) =>
      `{ citationPath(from: "${arxivIdOf(51)}", to: "${arxivIdOf(to)}", maxDepth: 20) { works { title } } }`;
    expect(await ask(path(40))).toHaveLength(hasSummaries ? 0 : 1);
    expect(await ask(path(1))).toHaveLength(hasSummaries ? 0 : 1);
  });
});

it("citationGraph in SQL makes as many statements for 300 nodes as for 10", async () => {
  const sql = createClient(database);
  const statements = recordStatements(database.pool);
  const counts: number[] = [];
  for (const maxNodes of [10, 300]) {
    const before = statements.length;
    await sql.ask(
      `{ citationGraph(roots: ["${hubArxivId}"], direction: CITED_BY, maxNodes: ${maxNodes}) { nodes { work { title } } edges { cited { title } } } }`,
    );
    counts.push(statements.length - before);
  }
  expect(counts[1]).toBe(counts[0]);
});
