import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { arxivIdOf, ingestLibrary, type Library } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;
let library: Library;

beforeAll(async () => {
  database = await createTestDatabase();
  library = await ingestLibrary(database);
  client = createClient(database);
});
afterAll(() => database.drop());

/** Queries for so many papers, each with all that hangs on a paper, and the statements that they may make. */
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
    // totals, papers, claims, references, works, identifiers, cited papers, events, signers.
    statements: 9,
  },
  "papers with everything": {
    source: `query ($n: Int!) { papers(first: $n, orderBy: CITED_BY_DESC) { nodes {
      canonicalRecord aliases { value } verdict { id } referenceCoverage { held complete } verification { proof }
      state { sha256 appliedEventIds document }
      work { workIds arxivId papers { pithNumber } paper { title } citedBy(first: 3) { totalCount nodes { title } } }
      citedBy(first: 3) { totalCount nodes { title } }
      claims(kind: [HEADLINE]) { totalCount nodes { text } }
      references(held: false, first: 2) { totalCount nodes { title } }
      events(type: [GRAPH_SNAPSHOT]) { totalCount nodes { payload prevEvent { target } supersedes { eventId } } } } } }`,
    // papers; bodies of records; aliases; held references; logs (2: events, aliases); works; identifiers; papers of
    // works; pages and papers that cite; claims and references with their counts; events with count, their
    // bodies, and the events that they link to with theirs.
    statements: 19,
  },
};

it.each(Object.entries(queries))("%s make as many statements for 1, 5 or 20", async (_name, query) => {
  const counts: number[] = [];
  for (const n of [1, 5, 20]) {
    const statements = await client.statements(query.source, { n });
    counts.push(statements.length);
    if (statements.length !== query.statements) console.error(statements.join("\n\n"));
  }
  expect(counts).toEqual([query.statements, query.statements, query.statements]);
});

it("twenty refs make as many statements as one", async () => {
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

it("reads only what is asked for", async () => {
  expect(await client.statements("{ papers { totalCount } }")).toHaveLength(1);
  expect(await client.statements("{ papers { nodes { title } } }")).toHaveLength(1);
  expect(
    await client.statements("{ papers { nodes { references { totalCount } claims { totalCount } } } }"),
  ).toHaveLength(1);
  expect(await client.statements("{ status { graphVersion papers works events } }")).toHaveLength(1);
});
