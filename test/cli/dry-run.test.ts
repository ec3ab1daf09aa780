import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DocumentResult } from "../../src/ingest/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { holdWriteLock } from "../faults/waiting.ts";
import {
  clearTables,
  type Row,
  readTables,
  readVersions,
  sorted,
  type Tables,
  tableNames,
} from "../ingest/tables.ts";
import { databaseUrl } from "../server-connection.ts";
import { runCli } from "./run-cli.ts";

const keyring = ["--keyring", "sample/keyring.json"];
const sample = ["pith-2302.12192.state.json", "arxiv-2022-12.ndjson.gz", "forks.ndjson"].map(
  (name) => `sample/${name}`,
);

let database: TestDatabase;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: databaseUrl(database.connection) };
  folder = await mkdtemp(join(tmpdir(), "pith-graph-dry-run-"));
});

beforeEach(() => clearTables(database));

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

type Change = {
  readonly action: string;
  readonly table: string;
  readonly row: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
};

async function dryRun(paths: readonly string[]) {
  const { status, stdout, stderr } = await runCli(["ingest", "--dry-run", "--json", ...keyring, ...paths], {
    env,
  });
  const lines = stdout.split("\n").filter((line) => line !== "");
  const parsed = lines.map((line) => JSON.parse(line) as DocumentResult | Change);
  return {
    status,
    stderr,
    results: parsed.filter((line): line is DocumentResult => "source" in line),
    changes: parsed.filter((line): line is Change => "table" in line),
  };
}

/** The rows in the format of `readTables`. */
function tablesOf(changes: readonly Change[]): Tables {
  const tables: Tables = {};
  for (const { table, row } of changes) {
    const entries = Object.entries(row).filter(
      ([column]) => column !== "position" && column !== "received_at",
    );
    const cells = entries.map(([column, cell]): [string, string | null] => [
      column,
      cell === null || typeof cell === "string"
        ? (cell?.replace(/^\\x/, "") ?? null)
        : typeof cell === "object"
          ? JSON.stringify(cell)
          : String(cell),
    ]);
    tables[table] ??= [];
    tables[table].push(Object.fromEntries(cells) as Row);
  }
  return sorted(tables);
}

test("a dry run of several batches prints the rows that the ingest then writes", async () => {
  const hepTh = join(folder, "hep-th.ndjson");
  const lines = gunzipSync(await readFile("sample/hep-th.ndjson.gz"))
    .toString()
    .split("\n");
  await writeFile(hepTh, lines.slice(0, 250).join("\n"));
  const files = [...sample, hepTh];
  const { status, results, changes } = await dryRun(files);
  expect(status).toBe(0);
  expect(results.length).toBe(302);
  expect(new Set(results.map((result) => result.status))).toEqual(new Set(["merged"]));
  const ingested = await runCli(["ingest", "--json", ...keyring, ...files], { env });
  expect(JSON.parse(ingested.stdout)).toMatchObject({ documents: results.length, merged: results.length });

  expect(changes.filter(({ action }) => action !== "insert" && action !== "add")).toEqual([]);
  const positions = changes
    .filter(({ table }) => table === "events")
    .map(({ row }) => Number(row["position"]));
  expect(positions).toEqual(positions.map((_, index) => index + 1));
  const planned = tablesOf(changes.filter(({ table }) => table !== "quarantine"));
  const actual = await readTables(database);
  // The feed is not part of a plan, and citations are a view.
  for (const table of tableNames.filter((name) => name !== "feed" && name !== "citations")) {
    expect(actual[table]?.length, table).toBeGreaterThan(0);
    // A total of 0 has no line.
    const rows = table === "totals" ? actual[table]?.filter(({ value }) => value !== "0") : actual[table];
    expect(planned[table], table).toEqual(rows);
  }
  const refused = await database.pool.query<{ hash: string }>(
    "SELECT encode(content_sha256, 'hex') AS hash FROM quarantine ORDER BY 1",
  );
  expect(
    changes
      .filter(({ table }) => table === "quarantine")
      .map(({ row }) => String(row["content_sha256"]).slice(2))
      .sort(),
  ).toEqual(refused.rows.map(({ hash }) => hash));
});

test("a dry run writes nothing, and does not wait for a writer", async () => {
  const before = await readVersions(database);
  const lock = await holdWriteLock(database);
  const { status, results } = await dryRun(sample);
  await lock.release();
  expect(status).toBe(0);
  expect(results).toHaveLength(52);
  expect(await readVersions(database)).toEqual(before);
});

test("a dry run of stored documents plans no rows", async () => {
  await runCli(["ingest", ...keyring, ...sample], { env });
  const { results, changes } = await dryRun(sample.slice(0, 2));
  expect(new Set(results.map((result) => result.status))).toEqual(new Set(["unchanged"]));
  expect(changes).toEqual([]);
});

test("a dry run without --json prints the outcome of each document and the number of rows of each table", async () => {
  const mixed = join(folder, "mixed.ndjson");
  await writeFile(mixed, `{"bundle_type":"other"}\n`);
  const { status, stdout, stderr } = await runCli(
    ["ingest", "--dry-run", ...keyring, sample[0] ?? "", mixed],
    { env },
  );
  expect(status).toBe(1);
  expect(stdout).toMatch(/state\.json: pith:\S+ merged$/m);
  expect(stdout).toMatch(/mixed\.ndjson:1: \? rejected UNSUPPORTED_DOCUMENT: /);
  expect(stdout).toMatch(/^papers +1 +0 +0$/m);
  expect(stdout).toMatch(/^quarantine +1 +0 +0$/m);
  expect(stderr).toContain("2 documents: 1 merged, 0 unchanged, 1 rejected");
});
