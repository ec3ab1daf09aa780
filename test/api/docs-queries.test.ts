import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { createClient } from "./client.ts";
import { ingestTexts, seedText } from "./fixtures/library.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
});
afterAll(() => database.drop());

it("the query of docs/search.md finds the registry's own document", async () => {
  const text = await readFile("docs/search.md", "utf8");
  const [query = ""] = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query]) => query);
  const data = await createClient(database).ask<{
    search: { totalCount: number; edges: { node: { __typename: string } }[] };
    claims: { totalCount: number };
  }>(query);
  expect(data.search.edges[0]?.node.__typename).toBe("Paper");
  expect(data.search.totalCount).toBeGreaterThan(1);
  expect(data.claims.totalCount).toBe(0);
});

it("the query of docs/live.md returns the snapshot event", async () => {
  const [, query = ""] = /```graphql\n([\s\S]*?)```/.exec(await readFile("docs/live.md", "utf8")) ?? [];
  const { events } = await createClient(database).ask<{ events: { nodes: { type: string }[] } }>(query);
  expect(events.nodes.map(({ type }) => type)).toEqual(["GRAPH_SNAPSHOT"]);
});
