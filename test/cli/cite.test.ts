import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedDatabase, serveDatabase } from "../../scripts/serve-database.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { arxivIdOf, fill, hostileTitles } from "../export/library.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { databaseUrl } from "../server-connection.ts";
import { runInProcess } from "./run-in-process.ts";

let database: TestDatabase;
let served: ServedDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database);
  await ingestDocuments(database, sampleDocuments(20), { keyring: sampleKeyring });
  served = await serveDatabase(database);
  env = { DATABASE_URL: databaseUrl(database.connection) };
});
afterAll(async () => {
  await served.close();
  await database.drop();
});

/** Papers with all kinds of characters, a paper with two DOIs, and works that are only cited. */
const refs = [
  ...[...hostileTitles.keys()].reverse().map(arxivIdOf),
  "2302.12192",
  "hep-th/9204099",
  '10.1000/a"b;c,d',
  "2204.05862",
];

test.each([
  ["bibtex", "bibtex"],
  ["ris", "ris"],
  ["csl", "csl-json"],
])("cite --style %s prints what export bibliography writes", async (style, format) => {
  const exported = await runInProcess(
    ["export", "bibliography", ...refs, "--format", format, "--quiet"],
    env,
  );
  expect(exported).toMatchObject({ status: 0, stderr: "" });
  const here = await runInProcess(["cite", ...refs, "--style", style], env);
  expect(here).toEqual(exported);
  expect(await runInProcess(["cite", ...refs, "--style", style, "--url", served.origin])).toEqual(here);
});

test("prints an entry once, also if several refs name it", async () => {
  const { stdout } = await runInProcess(["cite", "2302.12192", "pith:ROU4N4IR", "2302.12192v1"], env);
  expect(stdout.match(/^@misc\{/gm)).toHaveLength(1);
});

test.each([
  ["9999.99999", 1, 'Next: pith-graph search "9999.99999"'],
  ["2302.12192v7", 1, 'Next: pith-graph paper "2302.12192v1"'],
  ["what is this", 2, "(BAD_USER_INPUT)"],
])("prints nothing if a ref is %s", async (ref, status, message) => {
  const result = await runInProcess(["cite", "2302.12192", ref, "--url", served.origin]);
  expect(result).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
});
