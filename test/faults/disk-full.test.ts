import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { openDatabase } from "../../src/store/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { isLong, longTest } from "../long.ts";
import { copyPreparedData } from "../prepared-data.ts";
import { Folders } from "../store/embedded-support/folders.ts";
import { serversOf } from "../store/embedded-support/processes.ts";
import { mountSmallDisk } from "./mounted-disk.ts";

const dataDisk = mountSmallDisk(256);
const logDisk = isLong ? mountSmallDisk(64) : "that takes `npm run test:long`";
const keyring = "sample/keyring.json";
const documents = sampleDocuments(isLong ? 300 : 60);
/** Documents that are committed before the disk is full. */
const committed = documents.slice(0, 60);

const folders = new Folders();
let folder: string;
let expectedBefore: Tables;
let wanted: Tables;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-faults-"));
  const write = (name: string, texts: readonly string[]) =>
    writeFileSync(join(folder, name), texts.map((text) => text.trim()).join("\n"));
  write("first.ndjson", committed);
  write("all.ndjson", documents);
  const undisturbed = await createTestDatabase();
  await ingestDocuments(undisturbed, committed, { keyring: sampleKeyring });
  expectedBefore = await readTables(undisturbed);
  await ingestDocuments(undisturbed, documents, { keyring: sampleKeyring });
  wanted = await readTables(undisturbed);
  await undisturbed.drop();
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await folders.removeAll();
  for (const disk of [dataDisk, logDisk]) if (typeof disk !== "string") disk.remove();
});

/** The tables and the number of documents in quarantine, read through a joined server. */
async function readStored(dataDirectory: string): Promise<{ tables: Tables; quarantined: number }> {
  const server = await acquireEmbeddedServer({ dataDirectory });
  const database = openDatabase({ connection: server.connection });
  try {
    const tables = await readTables(database);
    return { tables, quarantined: (await database.pool.query("SELECT FROM quarantine")).rows.length };
  } finally {
    await database.close();
    await server.release();
  }
}

function expectTables({ tables, quarantined }: { tables: Tables; quarantined: number }, expected: Tables) {
  expect(quarantined).toBe(0);
  for (const name of tableNames) expect(tables[name], name).toEqual(expected[name]);
}

function ingest(name: string, env: Record<string, string>) {
  return runCli(["ingest", "--keyring", keyring, "--batch", "20", join(folder, name)], { env });
}

function numbersOf(tables: Tables): unknown[] {
  return (tables["papers"] ?? []).map((row) => row["pith_number"]);
}

/** Runs the command that failed again, and expects it to complete. */
async function expectCompletion(dataDirectory: string, env: Record<string, string>): Promise<void> {
  const { stderr, status } = await ingest("all.ndjson", env);
  expect(stderr).toContain(`${documents.length} documents: `);
  expect(status).toBe(0);
  expectTables(await readStored(dataDirectory), wanted);
  const check = await runCli(["check", "--keyring", keyring], { env });
  expect(check.stderr).toContain("No differences.");
  expect(check.status).toBe(0);
}

/** @threat T51 */
test("exits with 3 and a clear error when the data's disk is full, stores no partial batch, and completes when run again", async ({
  skip,
}) => {
  if (typeof dataDisk === "string") return skip(dataDisk);
  const dataDirectory = folders.watch(join(dataDisk.path, "data"));
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
  // Joined during the test: stopping the server would need disk space, too.
  const member = await acquireEmbeddedServer({ dataDirectory });
  const env = { PITH_GRAPH_DATA: dataDirectory };
  const first = await ingest("first.ndjson", env);
  expect(first.stderr).toContain(`${committed.length} documents: ${committed.length} merged`);

  dataDisk.fill(20_000);
  const full = await ingest("all.ndjson", env);
  expect(full.stderr).toMatch(
    /^error: The database's disk is full: .*No space left on device.*run the command again to continue\.$/m,
  );
  expect(full.stderr).not.toMatch(/rejected(?::| because)/);
  expect(full.status).toBe(3);
  dataDisk.relieve();
  expectTables(await readStored(dataDirectory), expectedBefore);
  await expectCompletion(dataDirectory, env);
  await member.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

longTest(
  "keeps all committed documents when the disk of PostgreSQL's log is full, and completes when run again",
  async ({ skip }) => {
    if (typeof logDisk === "string") return skip(logDisk);
    const dataDirectory = await folders.data();
    const env = { PITH_GRAPH_DATA: dataDirectory };
    await (await acquireEmbeddedServer({ dataDirectory })).release();
    const log = join(dataDirectory, "cluster", "pg_wal");
    const { uid, gid } = statSync(log);
    cpSync(log, join(logDisk.path, "pg_wal"), { recursive: true });
    execFileSync("chown", ["-R", `${uid}:${gid}`, join(logDisk.path, "pg_wal")]);
    rmSync(log, { recursive: true });
    symlinkSync(join(logDisk.path, "pg_wal"), log);
    const first = await ingest("first.ndjson", env);
    expect(first.stderr).toContain(`${committed.length} documents: ${committed.length} merged`);

    const member = await acquireEmbeddedServer({ dataDirectory });
    logDisk.fill(20_000);
    await fillLog(member.connection);
    const full = await ingest("all.ndjson", env);
    expect(full.status).toBe(3);
    expect(full.stderr).toMatch(/^error: .*run the command again to continue\.$/m);
    // PostgreSQL usually crashes in the commit. If it fails earlier, the command gets the error.
    const serverLog = readFileSync(join(dataDirectory, "server.log"), "utf8");
    expect(`${serverLog}${full.stderr}`).toMatch(
      /(?:PANIC|disk is full): .*pg_wal\/xlogtemp.*No space left on device/,
    );
    logDisk.relieve();
    // All earlier documents, and those that were committed before the crash.
    const { tables, quarantined } = await readStored(dataDirectory);
    expect(quarantined).toBe(0);
    expect(numbersOf(tables)).toEqual(expect.arrayContaining(numbersOf(expectedBefore)));
    await expectCompletion(dataDirectory, env);
    await member.release();
  },
);

/** Writes to the log until its last file, which is preallocated, is nearly full. */
async function fillLog(connection: EmbeddedServer["connection"]): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  for (;;) {
    const { rows } = await client.query<{ used: number; next: boolean }>(
      `SELECT file_offset AS used, EXISTS (SELECT FROM pg_ls_waldir() WHERE name > file_name) AS next
       FROM pg_walfile_name_offset(pg_current_wal_insert_lsn())`,
    );
    const [{ used, next } = { used: 0, next: false }] = rows;
    const left = 2 ** 24 - used;
    if (!next && left < 60_000) break;
    // Page headers take some more.
    const bytes = Math.floor(Math.min(4_000_000, Math.max(1_000, (left - 30_000) * 0.99)));
    await client.query("SELECT pg_logical_emit_message(false, 'fill', repeat('x', $1))", [bytes]);
  }
  await client.end();
}
