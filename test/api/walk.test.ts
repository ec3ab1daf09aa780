import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { claimOf, documentOf, referenceOf } from "./fixtures/documents.ts";
import {
  citedOnlyDoi,
  hubArxivId,
  hubCiters,
  ingestLibrary,
  ingestTexts,
  paperCount,
} from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestLibrary(database);
  client = createClient(database);
});
afterAll(() => database.drop());

type PageInfo = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
type Page = { totalCount: number; pageInfo: PageInfo; edges: { cursor: string; node: { name: string } }[] };

/** A connection under test: its query with `$page` for the arguments, and the field that identifies a row. */
type Connection = { query: string; name: string; backward: boolean; total?: number };

const connections: Record<string, Connection> = {
  "Query.papers": {
    query: "papers($page)",
    name: "pithNumber",
    backward: true,
    total: paperCount + 4 + hubCiters,
  },
  "Query.papers, earliest first": {
    query: "papers(orderBy: SUBMITTED_ASC, $page)",
    name: "pithNumber",
    backward: true,
  },
  "Query.papers, most cited first": {
    query: "papers(orderBy: CITED_BY_DESC, $page)",
    name: "pithNumber",
    backward: true,
  },
  "Query.papers, filtered": {
    query: 'papers(filter: { categories: ["math.AG", "stat.ML"], minCitedBy: 3 }, $page)',
    name: "pithNumber",
    backward: true,
  },
  "Query.claims": { query: "claims($page)", name: "id", backward: true },
  "Query.claims, filtered": {
    query: "claims(filter: { kinds: [OTHER, HEADLINE] }, $page)",
    name: "id",
    backward: true,
  },
  "Paper.claims": {
    query: 'paper(ref: "2302.12192") { claims($page)',
    name: "id",
    backward: false,
    total: 4,
  },
  "Paper.claims of a kind": {
    query: 'paper(ref: "2302.12192") { claims(kinds: [HEADLINE, ONE_LINE_SUMMARY], $page)',
    name: "id",
    backward: false,
    total: 2,
  },
  "Paper.references": {
    query: 'paper(ref: "2301.10050") { references($page)',
    name: "refIndex",
    backward: false,
    total: 11,
  },
  "Paper.references, stored anchors": {
    query: 'paper(ref: "2301.10051") { references(internalAnchor: true, stored: true, $page)',
    name: "refIndex",
    backward: false,
  },
  "Paper.references, not stored": {
    query: 'paper(ref: "2301.10051") { references(stored: false, $page)',
    name: "refIndex",
    backward: false,
  },
  "Paper.citedBy": {
    query: `paper(ref: "${hubArxivId}") { citedBy($page)`,
    name: "pithNumber",
    backward: false,
    total: hubCiters + paperCount + 2,
  },
  "Work.citedBy": {
    query: 'work(ref: "10.1000/cited.1") { citedBy($page)',
    name: "pithNumber",
    backward: false,
  },
  "Paper.events": {
    query: 'paper(ref: "2301.10007") { events($page)',
    name: "eventId",
    backward: false,
    total: 3,
  },
};

async function read(connection: Connection, page: string): Promise<Page> {
  const nested = connection.query.includes("{ ") && connection.query.includes(") {");
  const fields = `{ totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { name: ${connection.name} } } nodes { name: ${connection.name} } }`;
  const source = `{ ${connection.query.replace("$page", page)} ${fields} ${nested ? "}" : ""} }`;
  const data = await client.ask<Record<string, unknown>>(source);
  const outer = Object.values(data)[0] as Page & Record<string, Page>;
  const found = nested ? (Object.values(outer)[0] as Page) : outer;
  return found;
}

async function walk(connection: Connection, size: number, backward: boolean): Promise<Page[]> {
  const pages: Page[] = [];
  let bound = "";
  for (;;) {
    const page = await read(connection, backward ? `last: ${size}${bound}` : `first: ${size}${bound}`);
    pages.push(page);
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
    expect(startCursor).toBe(page.edges[0]?.cursor);
    expect(endCursor).toBe(page.edges.at(-1)?.cursor);
    expect(backward ? hasNextPage : hasPreviousPage).toBe(pages.length > 1);
    if (!(backward ? hasPreviousPage : hasNextPage)) return pages;
    bound = backward ? `, before: "${startCursor}"` : `, after: "${endCursor}"`;
  }
}

function namesOf(pages: Page[]): string[] {
  return pages.flatMap((page) => page.edges.map(({ node }) => String(node.name)));
}

describe.each(Object.entries(connections))("%s", (_name, connection) => {
  it("returns each row once, for any page size", async () => {
    const small = await walk(connection, 3, false);
    const large = await walk(connection, 100, false);
    const names = namesOf(large);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
    expect(namesOf(small)).toEqual(names);
    for (const page of [...small, ...large]) expect(page.totalCount).toBe(names.length);
    if (connection.total !== undefined) expect(names.length).toBe(connection.total);
  });
});

const backwardConnections = Object.entries(connections).filter(([, { backward }]) => backward);

it.each(backwardConnections)("%s returns the same rows backward", async (_name, connection) => {
  const forward = namesOf(await walk(connection, 100, false));
  const backward = (await walk(connection, 7, true)).reverse();
  expect(namesOf(backward)).toEqual(forward);
});

describe("page arguments", () => {
  it("first: 0 returns no rows, and hasNextPage", async () => {
    const page = await read(connections["Query.papers"] as Connection, "first: 0");
    expect(page).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it("after and before together return the rows between, with neighbours on both sides", async () => {
    const papers = connections["Query.papers"] as Connection;
    const { edges } = await read(papers, "first: 10");
    const between = `after: "${edges[1]?.cursor}", before: "${edges[6]?.cursor}"`;
    const forward = await read(papers, `first: 10, ${between}`);
    expect(forward.edges).toEqual(edges.slice(2, 6));
    expect(forward.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const backward = await read(papers, `last: 2, ${between}`);
    expect(backward.edges).toEqual(edges.slice(4, 6));
  });

  it.each([
    ["first: 101", /from 0 to 100/],
    ["first: -1", /from 0 to 100/],
    ["last: 101", /from 0 to 100/],
    ["first: 1, last: 1", /not both/],
    ['after: "nonsense"', /`after` is not a cursor/],
    ['before: ""', /`before` is not a cursor/],
    ['after: "WyJjbGFpbXMiLCIxIl0"', /`after` is not a cursor/],
  ])("%s is rejected with BAD_USER_INPUT", async (page, message) => {
    const errors = await client.errors(`{ papers(${page}) { edges { cursor } } }`);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("after rejects the cursor of another order with BAD_USER_INPUT", async () => {
    const { edges } = await read(connections["Query.papers"] as Connection, "first: 1");
    const errors = await client.errors(
      `{ papers(orderBy: CITED_BY_DESC, after: "${edges[0]?.cursor}") { edges { cursor } } }`,
    );
    expect(errors[0]?.extensions["code"]).toBe("BAD_USER_INPUT");
  });
});

describe("paging while papers are ingested between the pages", () => {
  let ingested = 0;

  /** Ingests a paper that cites the hub, and has claims and references: a row in every connection of all papers. */
  async function ingestAnother(): Promise<void> {
    ingested++;
    const year = ingested % 2 === 0 ? 2030 : 2001;
    await ingestTexts(database, [
      documentOf({
        arxivId: `2402.${10000 + ingested}`,
        submittedAt: `${year}-02-01T00:00:${String(ingested % 60).padStart(2, "0")}Z`,
        title: `Newcomer ${ingested}`,
        category: "math.AG",
        claims: [claimOf(1, "headline", "News"), claimOf(2, "conjecture", "More news")],
        references: [
          referenceOf(1, { arxivId: hubArxivId, isInternalAnchor: true }),
          referenceOf(2, { doi: citedOnlyDoi }),
        ],
      }).text,
    ]);
  }

  it.each([
    ["Query.papers", false],
    ["Query.papers", true],
    ["Query.papers, earliest first", false],
    ["Query.papers, most cited first", false],
    ["Query.papers, most cited first", true],
    ["Query.claims", false],
    ["Query.claims, filtered", true],
    ["Paper.citedBy", false],
    ["Work.citedBy", false],
  ] as const)("%s returns each earlier row once (backward: %s)", async (name, backward) => {
    const connection = connections[name] as Connection;
    const before = namesOf(await walk(connection, 100, backward));
    const size = Math.ceil(before.length / 5);
    const seen: string[] = [];
    let bound = "";
    for (;;) {
      const page = await read(connection, backward ? `last: ${size}${bound}` : `first: ${size}${bound}`);
      seen.push(...namesOf([page]));
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo;
      if (!(backward ? hasPreviousPage : hasNextPage)) break;
      bound = backward ? `, before: "${startCursor}"` : `, after: "${endCursor}"`;
      await ingestAnother();
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((row) => before.includes(row)).sort()).toEqual(before.sort());
    const page = await read(connection, "first: 1");
    expect(page.totalCount).toBe(namesOf(await walk(connection, 100, false)).length);
    expect(page.totalCount).toBeGreaterThan(before.length);
  });
});
