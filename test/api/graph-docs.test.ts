import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GraphService, startGraph } from "../../src/graph/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { createClient } from "./client.ts";
import { ingestTexts, seedText } from "./fixtures/library.ts";

let database: TestDatabase;
let graph: GraphService;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestTexts(database, [seedText]);
  graph = startGraph(database);
});
afterAll(async () => {
  await graph.close();
  await database.drop();
});

it("the queries of docs/graph.md run without errors", async () => {
  const text = await readFile("docs/graph.md", "utf8");
  const queries = [...text.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, query = ""]) => query);
  expect(queries).toHaveLength(2);
  const client = createClient(database, graph);
  await graph.waitUntilLoaded(AbortSignal.timeout(60_000));
  for (const query of queries) expect(await client.errors(query)).toEqual([]);
  const { citationGraph } = await client.ask<{ citationGraph: { nodes: unknown[]; truncated: boolean } }>(
    queries[0] ?? "",
  );
  // The registry's own document lists five of its references.
  expect(citationGraph.nodes).toHaveLength(6);
  expect(citationGraph.truncated).toBe(false);
});
