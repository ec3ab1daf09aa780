import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf } from "./fixtures/documents.ts";
import { citedOnlyDoi, ingestTexts, seedText, syntheticPaper } from "./fixtures/library.ts";

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText, documentOf(syntheticPaper(5)).text]);
  client = createClient(database);
});
afterAll(() => database.drop());

function idOf(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

const seed = "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643";
const nodes = `query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename
  ... on Paper { pithNumber } ... on Claim { claimId } ... on Work { doi } ... on Event { eventId } } }`;

describe("node and nodes", () => {
  it("return the paper, claim, work or event whose id is given", async () => {
    const given = await client.ask<{
      paper: {
        id: string;
        claims: { nodes: { id: string }[] };
        work: { id: string };
        events: { nodes: { id: string }[] };
      };
      work: { id: string };
    }>(`{ paper(ref: "${seed}") { id claims { nodes { id } } work { id } events { nodes { id } } }
          work(ref: "${citedOnlyDoi}") { id } }`);
    const { paper, work } = given;
    const ids = [paper.id, ...paper.claims.nodes.map(({ id }) => id), paper.work.id, work.id];
    ids.push(...paper.events.nodes.map(({ id }) => id));
    const found = await client.ask<{ nodes: { id: string }[] }>(nodes, { ids });
    expect(found.nodes.map((node) => node?.id)).toEqual(ids);
    for (const id of ids) {
      expect(await client.ask("query ($id: ID!) { node(id: $id) { id } }", { id })).toEqual({ node: { id } });
    }
    expect(Buffer.from(paper.id, "base64").toString()).toBe(`Paper:${seed}`);
    expect(Buffer.from(work.id, "base64").toString()).toBe(`Work:doi:${citedOnlyDoi}`);
  });

  it("accept the same id several times in one query", async () => {
    const data = await client.ask(
      "query ($id: ID!) { a: node(id: $id) { __typename } b: nodes(ids: [$id, $id]) { __typename } }",
      { id: idOf(`Paper:${seed}`) },
    );
    const paper = { __typename: "Paper" };
    expect(data).toEqual({ a: paper, b: [paper, paper] });
  });

  it("return null for ids of objects that are not stored", async () => {
    const ids = [
      idOf(`Paper:${seed.replace("ROU4", "AAAA")}`),
      idOf("Paper:nonsense"),
      idOf(`Claim:${seed}#99`),
      idOf("Claim:nonsense"),
      idOf("Work:arxiv:0000.00000"),
      idOf("Work:"),
      idOf(`Event:sha256:${"0".repeat(64)}`),
      idOf("Event:nonsense"),
    ];
    expect(await client.ask(nodes, { ids })).toEqual({ nodes: ids.map(() => null) });
  });

  it.each(["", "nonsense", idOf("Nothing:1"), idOf("Status:1"), `${idOf(`Paper:${seed}`)}=`, idOf("Paper")])(
    "reject the malformed id %j with BAD_USER_INPUT",
    async (id) => {
      for (const source of [
        "query ($id: ID!) { node(id: $id) { id } }",
        "query ($id: ID!) { nodes(ids: [$id]) { id } }",
      ]) {
        const [error] = await client.errors(source, { id });
        expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
      }
    },
  );

  it("reject 101 ids with BAD_USER_INPUT", async () => {
    const [error] = await client.errors(nodes, {
      ids: Array.from({ length: 101 }, () => idOf(`Paper:${seed}`)),
    });
    expect(error?.extensions["code"]).toBe("BAD_USER_INPUT");
  });

  it("make as many statements for several ids as for one", async () => {
    const one = await client.statements(nodes, { ids: [idOf(`Paper:${seed}`)] });
    const many = await client.statements(nodes, {
      ids: [seed, "pith:2023:AAAAAAAAYZ3HV3M7HKTK3YY643"].map((number) => idOf(`Paper:${number}`)),
    });
    expect(many).toHaveLength(one.length);
  });
});
