import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type JsonObject, type Proof, suffixOf } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { keyring } from "../protocol/signed-events.ts";
import { bundleOfPaper, snapshotEvent, testPaper } from "./bundles.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { modelOf } from "./model.ts";
import { clearTables, readTables, type Tables } from "./tables.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(() => clearTables(database));

afterAll(() => database.drop());

type Step = { readonly text: string; readonly minimumProof: Proof };

/** Ingests documents one after the other, and compares all tables with the model after each. */
async function steps(documents: readonly Step[]): Promise<Tables[]> {
  const seen: Tables[] = [];
  for (const [index, { text, minimumProof }] of documents.entries()) {
    await ingestDocuments(database, [text], { minimumProof });
    const tables = await readTables(database);
    expect(tables, `step ${index + 1}`).toEqual(modelOf(documents.slice(0, index + 1), keyring));
    seen.push(tables);
  }
  return seen;
}

const alias = (kind: string, value: string): JsonObject => ({
  alias_kind: kind,
  alias_value: value,
  created_at: "2020-01-01T00:00:00Z",
});

const suffix = suffixOf(testPaper().pithNumber);
const derived = [
  ["arxiv", "2301.00001"],
  ["arxiv_version", "2301.00001v1"],
  ["doi", "10.48550/arxiv.2301.00001"],
  ["pith_short_12", suffix.slice(0, 12)],
  ["pith_short_16", suffix.slice(0, 16)],
  ["pith_short_8", suffix.slice(0, 8)],
].map(([kind, value]) => [kind, value, "2026-06-10T00:00:00Z", false, true]);

const storedAliases = (tables: Tables | undefined) =>
  JSON.parse(String(tables?.["records"]?.[0]?.["aliases"])) as unknown[];
const keysOf = (tables: Tables | undefined) => tables?.["paper_keys"]?.map((row) => row["key"]);

test("stores no aliases of a document accepted above hash, and derives them from the record instead", async () => {
  const source_aliases = [
    alias("arxiv", "2301.00001"),
    alias("arxiv", "2301.00002"),
    alias("doi", "10.1000/a"),
    {},
  ];
  const text = bundleOfPaper({}, () => [], { source_aliases });
  const [tables] = await steps([{ text, minimumProof: "signed" }]);
  expect(storedAliases(tables)).toEqual(derived);
  expect(keysOf(tables)).not.toContain("doi:10.1000/a");
});

test("an alias accepted at hash replaces the derived one if the record confirms it, in either order of import", async () => {
  const accepted = {
    text: bundleOfPaper({}, () => [], { source_aliases: [alias("arxiv", "2301.00001")] }),
    minimumProof: "hash",
  } as const;
  const proved = { text: bundleOfPaper({}), minimumProof: "signed" } as const;
  const brought = [["arxiv", "2301.00001", "2020-01-01T00:00:00Z", true, true]];
  const [before, after] = await steps([proved, accepted]);
  expect(storedAliases(before)).toEqual(derived);
  expect(storedAliases(after)).toEqual(brought);
  await clearTables(database);
  const [first, second] = await steps([accepted, proved]);
  expect([storedAliases(first), storedAliases(second)]).toEqual([brought, brought]);
});

test("an alias accepted at hash is stored at once, and listed in the state only after a record event confirms it", async () => {
  const text = bundleOfPaper({}, () => [], { events: [], source_aliases: [alias("arxiv", "2301.00001")] });
  const [before, after] = await steps([
    { text, minimumProof: "hash" },
    { text: bundleOfPaper({}), minimumProof: "signed" },
  ]);
  expect(storedAliases(before)).toEqual([["arxiv", "2301.00001", "2020-01-01T00:00:00Z", true, false]]);
  expect(storedAliases(after)).toEqual([["arxiv", "2301.00001", "2020-01-01T00:00:00Z", true, true]]);
});

test("an alias accepted at hash leads to its paper, but joins no works", async () => {
  const named = bundleOfPaper({}, () => [], { source_aliases: [alias("doi", "10.1000/a")] });
  const citing = bundleOfPaper({ arxivId: "2301.00009" }, (paper) => [
    snapshotEvent(paper, { references: [{ doi: "10.1000/a" }, { doi: "10.48550/arXiv.2301.00001" }] }),
  ]);
  const [, tables] = await steps([
    { text: named, minimumProof: "hash" },
    { text: citing, minimumProof: "signed" },
  ]);
  expect(keysOf(tables)).toContain("doi:10.1000/a");
  const cited = tables?.["works"]?.filter((row) => row["cited_by_count"] === "1");
  expect(cited?.map((row) => [row["key"], row["paper_id"] !== null]).sort()).toEqual([
    ["arxiv:2301.00001", true],
    ["doi:10.1000/a", false],
  ]);
});
