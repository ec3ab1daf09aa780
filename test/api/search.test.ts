import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostRanked } from "../../src/api/search/text-search.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { sampleDocuments, sampleKeyring, takeIn } from "../ingest/take-in.ts";
import { type Client, createClient } from "./client.ts";
import { claimOf, documentOf, referenceOf } from "./fixtures/documents.ts";
import { ingestTexts } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

/** What each text is to show stands in its words. */
const made = [
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
  await takeIn(database, sampleDocuments(100), { keyring: sampleKeyring });
  await ingestTexts(
    database,
    made.map(
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

describe("words", () => {
  const [cat, , , ligatures] = made.map(({ title }) => title);
  it.each([
    ["cat tales", cat],
    ["SCHRÖDINGER", cat],
    ["École", cat],
    ["österreicher", cat],
    ["other tales", cat],
    ["efficient N 4", ligatures],
  ])("%s are found whatever their case, and however they are set", async (query, title) => {
    expect(await found(query)).toEqual([title]);
  });

  it("are runs of letters and digits: other signs stand between them", async () => {
    expect(await found("abelian wide")).toEqual([made[1]?.claims?.[0]]);
    expect(await found("non-abelian")).toEqual([made[1]?.claims?.[0]]);
    expect(await found('"wide non"')).toEqual([]);
    expect(await found("nonabelian gauge")).toEqual([made[1]?.title]);
  });

  /** @threat T21 */
  it("must all be there, and those with a minus must not", async () => {
    expect(new Set(await found("zyxgauge"))).toEqual(
      new Set([made[1]?.claims?.[0], made[2]?.title, made[3]?.title]),
    );
    expect(await found("zyxgauge fields")).toEqual([made[2]?.title]);
    expect(await found("zyxgauge -fields -abelian")).toEqual([made[3]?.title]);
    expect(await found("quokka or")).toEqual([]);
    expect(await found("either or neither")).toEqual([made[5]?.claims?.[0]]);
  });

  it.each(["", "   ", "-zyxgauge", '""', "— …", "\u0000", "':* & | ! <->"])(
    "that are none find nothing: %j",
    async (query) => {
      expect(await search(query)).toMatchObject({ totalCount: 0, edges: [] });
    },
  );

  it("too many of them are refused", async () => {
    for (const query of ["x".repeat(501), "a ".repeat(33)]) {
      const [error] = await client.errors("query ($q: String!) { search(query: $q) { totalCount } }", {
        q: query,
      });
      expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
    }
  });
});

describe("what is found", () => {
  it("in a title comes before what is found in a claim or an abstract", async () => {
    const { edges } = await search("zyxgauge");
    expect(edges.map(({ passage }) => passage?.field)).toEqual(["TITLE", "CLAIM", "ABSTRACT"]);
    const scores = edges.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  });

  it("shows the passage, its matches apart, and no markup of its own", async () => {
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

  it("is the paper that an identifier names, first", async () => {
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

  it("is the work that is only cited, by its identifier", async () => {
    expect(await search("10.1234/ONLY.cited")).toMatchObject({
      totalCount: 1,
      edges: [{ matchType: "IDENTIFIER", passage: null, node: { __typename: "Work", title: "Only cited" } }],
    });
  });

  it("is what is like the query, where nothing has its words", async () => {
    const { edges, totalCount } = await search("Ostereicher");
    expect(edges).toMatchObject([{ matchType: "FUZZY", node: { title: made[0]?.title } }]);
    expect(totalCount).toBe(1);
    expect(await found("qqq unheardof")).toEqual([]);
  });
});

it.each(["paper", "model", "the", "2302.12192", "Ostereicher"])(
  "%j gives each row once, whatever the size of a page",
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
    expect(await walk(3)).toEqual(large);
  },
);

it("a cursor of another connection is refused", async () => {
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
  it("finds what search finds, in the order of claims", async () => {
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

it("a query that everything fits costs no more than ranking the most that are ranked", async () => {
  const copies = 3 * mostRanked;
  await database.pool.query(
    `INSERT INTO claims SELECT 1, n, 'C', 'headline', 'everybody says ' || n, '', '', NULL FROM generate_series(1, ${copies}) n`,
  );
  await database.pool.query("ANALYZE");
  expect(await search("everybody", 0)).toMatchObject({ totalCount: mostRanked });
  for (const plan of await client.plans('{ search(query: "everybody", first: 2) { edges { score } } }')) {
    const ranked = [...plan.matchAll(/rows=(\d+)(?:\.\d+)? loops/g)].map(([, rows]) => Number(rows));
    expect(Math.max(...ranked), plan).toBeLessThan(copies);
  }
  await database.pool.query("DELETE FROM claims WHERE paper_id = 1");
});
