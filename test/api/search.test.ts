import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxRanked } from "../../src/api/text-search.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { type Client, createClient } from "./client.ts";
import { claimOf, documentOf, referenceOf } from "./fixtures/documents.ts";
import { ingestTexts } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

/** Papers with texts for the queries below. */
const synthetic = [
  {
    arxivId: "2401.00001",
    title: "Schrödinger’s cat, and <b>other</b> tales of ÉCOLE",
    authors: "Erwin Österreicher",
  },
  { arxivId: "2401.00002", title: "A nonabelian gauge", claims: ["The zyxgauge is non-abelian/wide_N."] },
  { arxivId: "2401.00003", title: "On zyxgauge fields", claims: ["A field without the word."] },
  {
    arxivId: "2401.00004",
    title: "Ligatures: eﬃcient 𝒩 = 4",
    abstract: "Nothing but zyxgauge words, far down.",
  },
  {
    arxivId: "2401.00005",
    title: "Word order",
    abstract: `${"filler ".repeat(80)} the quokka rule ${"more ".repeat(80)}`,
  },
  { arxivId: "2401.00006", title: "Or and not", claims: ["Either or neither or both."] },
];

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(100), { keyring: sampleKeyring });
  await ingestTexts(
    database,
    synthetic.map(
      ({ arxivId, title, authors, abstract, claims = [] }, index) =>
        documentOf({
          arxivId,
          submittedAt: "2024-01-01T00:00:00Z",
          title,
          ...(authors !== undefined && { authors }),
          ...(abstract !== undefined && { abstract }),
          claims: claims.map((text, place) => claimOf(place + 1, "strongest_claim", text)),
          references: index === 0 ? [referenceOf(1, { doi: "10.1234/only.cited", title: "Only cited" })] : [],
        }).text,
    ),
  );
  client = createClient(database);
});
afterAll(() => database.drop());

type Edge = {
  cursor: string;
  score: number;
  matchType: string;
  passage: { field: string; text: string; parts: { text: string; isMatch: boolean }[] } | null;
  node: { __typename: string; title?: string; text?: string; pithNumber?: string; doi?: string };
};
type Results = {
  totalCount: number;
  edges: Edge[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
};

const fields = `totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  edges { cursor score matchType passage { field text parts { text isMatch } }
    node { __typename ... on Paper { title pithNumber } ... on Claim { text } ... on Work { doi title } } }`;

async function search(query: string, first = 20, after: string | null = null): Promise<Results> {
  const source = `query ($query: String!, $first: Int, $after: String) { search(query: $query, first: $first, after: $after) { ${fields} } }`;
  return (await client.ask<{ search: Results }>(source, { query, first, after })).search;
}

async function found(query: string): Promise<string[]> {
  return (await search(query)).edges.map(({ node }) => node.title ?? node.text ?? "");
}

describe("search by words", () => {
  const [cat, , , ligatures] = synthetic.map(({ title }) => title);
  it.each([
    ["cat tales", cat],
    ["SCHRÖDINGER", cat],
    ["École", cat],
    ["österreicher", cat],
    ["other tales", cat],
    ["efficient N 4", ligatures],
  ])("finds %j regardless of case, accents and ligatures", async (query, title) => {
    expect(await found(query)).toEqual([title]);
  });

  it("splits words at every character but letters and digits", async () => {
    expect(await found("abelian wide")).toEqual([synthetic[1]?.claims?.[0]]);
    expect(await found("non-abelian")).toEqual([synthetic[1]?.claims?.[0]]);
    expect(await found('"wide non"')).toEqual([]);
    expect(await found("nonabelian gauge")).toEqual([synthetic[1]?.title]);
  });

  /** @threat T21 */
  it("requires all words, and excludes words with a minus", async () => {
    expect(new Set(await found("zyxgauge"))).toEqual(
      new Set([synthetic[1]?.claims?.[0], synthetic[2]?.title, synthetic[3]?.title]),
    );
    expect(await found("zyxgauge fields")).toEqual([synthetic[2]?.title]);
    expect(await found("zyxgauge -fields -abelian")).toEqual([synthetic[3]?.title]);
    expect(await found("quokka or")).toEqual([]);
    expect(await found("either or neither")).toEqual([synthetic[5]?.claims?.[0]]);
  });

  it.each(["", "   ", "-zyxgauge", '""', "— …", "\u0000", "':* & | ! <->"])(
    "finds nothing for the query %j, which has no words to match",
    async (query) => {
      expect(await search(query)).toMatchObject({ totalCount: 0, edges: [] });
    },
  );

  it("rejects 501 characters, or 33 words, with BAD_USER_INPUT", async () => {
    for (const query of ["x".repeat(501), "a ".repeat(33)]) {
      const [error] = await client.errors("query ($q: String!) { search(query: $q) { totalCount } }", {
        q: query,
      });
      expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    }
  });
});

describe("search results", () => {
  it("rank matches in titles before those in claims and abstracts", async () => {
    const { edges } = await search("zyxgauge");
    expect(edges.map(({ passage }) => passage?.field)).toEqual(["TITLE", "CLAIM", "ABSTRACT"]);
    const scores = edges.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  });

  it("show a passage around the matches, in parts and without markup", async () => {
    const [edge] = (await search("quokka rule")).edges;
    expect(edge?.passage?.field).toBe("ABSTRACT");
    expect(edge?.passage?.text.length).toBeLessThan(330);
    expect(edge?.passage?.text).toMatch(/^….* the quokka rule more .*…$/);
    expect(edge?.passage?.parts.filter(({ isMatch }) => isMatch).map(({ text }) => text)).toEqual([
      "quokka",
      "rule",
    ]);
    const [named] = (await search("österreicher erwin")).edges;
    expect(named?.passage).toMatchObject({ field: "AUTHORS", text: "Erwin Österreicher" });
  });

  it("begin with the paper that an identifier names", async () => {
    const { pithNumber } = (await search("2302.12192")).edges[0]?.node ?? {};
    expect(pithNumber).toBe("pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643");
    const names = [
      "arXiv:2302.12192v1",
      "10.48550/arXiv.2302.12192",
      "https://arxiv.org/abs/2302.12192",
      "pith:ROU4N4IR",
      "ROU4N4IRYZ3HV3M7HKTK3YY643",
    ];
    for (const name of names) {
      const { edges, totalCount } = await search(name);
      expect(edges[0]).toMatchObject({ matchType: "IDENTIFIER", score: 1, node: { pithNumber } });
      expect(totalCount).toBe(edges.length);
    }
  });

  it("include a work that is only cited, by its identifier", async () => {
    expect(await search("10.1234/ONLY.cited")).toMatchObject({
      totalCount: 1,
      edges: [{ matchType: "IDENTIFIER", passage: null, node: { __typename: "Work", title: "Only cited" } }],
    });
  });

  it("fall back to similar words when no text has the words of the query", async () => {
    const { edges, totalCount } = await search("Ostereicher");
    expect(edges).toMatchObject([{ matchType: "FUZZY", node: { title: synthetic[0]?.title } }]);
    expect(totalCount).toBe(1);
    expect(await found("qqq unheardof")).toEqual([]);
  });
});

it.each(["paper", "model", "the", "2302.12192", "Ostereicher"])(
  "search for %j returns each row once, for any page size",
  async (query) => {
    const walk = async (size: number) => {
      const cursors: string[] = [];
      for (let after: string | null = null; ; ) {
        const { edges, pageInfo, totalCount } = await search(query, size, after);
        expect(pageInfo.hasPreviousPage).toBe(after !== null);
        cursors.push(...edges.map(({ cursor }) => cursor));
        if (!pageInfo.hasNextPage) {
          expect(totalCount).toBe(cursors.length);
          return cursors;
        }
        after = pageInfo.endCursor;
      }
    };
    const large = await walk(100);
    expect(large.length).toBeGreaterThan(0);
    expect(new Set(large).size).toBe(large.length);
    // At most some 60 pages.
    expect(await walk(Math.max(3, Math.ceil(large.length / 60)))).toEqual(large);
  },
);

it("search rejects the cursor of another connection with BAD_USER_INPUT", async () => {
  const { papers } = await client.ask<{ papers: { pageInfo: { endCursor: string } } }>(
    "{ papers(first: 1) { pageInfo { endCursor } } }",
  );
  const [error] = await client.errors(
    'query ($after: String) { search(query: "x", after: $after) { totalCount } }',
    {
      after: papers.pageInfo.endCursor,
    },
  );
  expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
});

describe("claims(filter: { text })", () => {
  it("finds the claims that match a search, in the order of claims", async () => {
    const source =
      "query ($text: String!) { claims(filter: { text: $text }, first: 100) { totalCount nodes { text } } }";
    const { claims } = await client.ask<{ claims: { totalCount: number; nodes: { text: string }[] } }>(
      source,
      {
        text: "model -human",
      },
    );
    const { rows } = await database.pool.query<{ text: string }>(
      "SELECT text FROM claims WHERE text ~* '\\mmodel\\M' AND text !~* '\\mhuman\\M' ORDER BY paper_id, ordinal",
    );
    expect(claims.nodes.map(({ text }) => text)).toEqual(rows.map(({ text }) => text));
    expect(claims.totalCount).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(3);
  });
});

it("search ranks a bounded number of rows, however many match", async () => {
  const copies = 3 * maxRanked;
  await database.pool.query(
    `INSERT INTO claims SELECT 1, n, 'C', 'headline', 'common words ' || n, '', '', NULL FROM generate_series(1, ${copies}) n`,
  );
  await database.pool.query("ANALYZE");
  expect(await search("common", 0)).toMatchObject({ totalCount: maxRanked });
  for (const plan of await client.plans('{ search(query: "common", first: 2) { edges { score } } }')) {
    // A bitmap marks the places of all matches; few of them are read.
    const steps = plan.replace(/^.*Bitmap Index Scan.*$/gm, "");
    const ranked = [...steps.matchAll(/rows=(\d+)(?:\.\d+)? loops/g)].map(([, rows]) => Number(rows));
    expect(Math.max(...ranked), plan).toBeLessThan(copies);
  }
  await database.pool.query("DELETE FROM claims WHERE paper_id = 1");
});
