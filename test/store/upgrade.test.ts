import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { from as copyFrom } from "pg-copy-streams";
import { afterEach, describe, expect, it } from "vitest";
import { loadKeyring } from "../../src/cli/keyring-file.ts";
import { acquireEmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import { createApp, startServer } from "../../src/server/index.ts";
import {
  type Database,
  migrateDatabase,
  openDatabase,
  readSchemaState,
  SchemaError,
} from "../../src/store/index.ts";
import { readRebuildDue } from "../../src/store/migrate.ts";
import { writeLock } from "../../src/store/write-lock.ts";
import { drainQueue } from "../../src/submissions/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { runInProcess } from "../cli/run-in-process.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../database.ts";
import { untilRows } from "../faults/waiting.ts";
import { databaseUrl } from "../server-connection.ts";

type Journal = { entries: { tag: string; when: number; [member: string]: unknown }[] };

const journal = JSON.parse(readFileSync("drizzle/meta/_journal.json", "utf8")) as Journal;
const baseline = journal.entries[0]?.tag ?? "";
const dropping: TestDatabase[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const database of dropping.splice(0)) await database.drop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function created(creating: Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await creating;
  dropping.push(database);
  return database;
}

/** The committed migrations up to one of them, with `added` as a later one if given. */
function migrationsUpTo(tag: string, added?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-migrations-"));
  folders.push(folder);
  cpSync("drizzle", folder, { recursive: true });
  const entries = journal.entries.slice(0, journal.entries.findIndex((entry) => entry.tag === tag) + 1);
  if (added !== undefined) {
    const next = {
      idx: entries.length,
      version: "7",
      when: 9_000_000_000_000,
      tag: "next",
      breakpoints: true,
    };
    entries.push(next);
    writeFileSync(join(folder, "next.sql"), added);
  }
  writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  return folder;
}

/** Inserts the rows of a file in pg_dump's format: `COPY … FROM stdin;`, lines, `\.`. */
async function loadRows(database: TestDatabase, file: string): Promise<void> {
  const client = await database.pool.connect();
  const blocks = gunzipSync(readFileSync(file))
    .toString("utf8")
    .split(/^\\\.\n/m);
  for (const block of blocks.filter((text) => text !== "")) {
    const end = block.indexOf("\n") + 1;
    const stream = client.query(copyFrom(block.slice(0, end).replace(/;\n$/, "")));
    stream.end(block.slice(end));
    await finished(stream);
  }
  client.release();
}

async function totalsOf({ pool }: TestDatabase): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; value: string }>("SELECT name, value FROM totals");
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

const folder = "test/data/upgrade";

/** Each file has all rows of an installation, and is named after its newest migration. */
describe.each(readdirSync(folder))("the data of %s", (file) => {
  it("is migrated, passes the check, answers queries, and has its queue processed", async () => {
    const database = await created(createEmptyDatabase());
    const tag = file.replace(".sql.gz", "");
    await migrateDatabase(database, undefined, migrationsUpTo(tag));
    await loadRows(database, join(folder, file));
    const before = await totalsOf(database);

    const { pending } = await readSchemaState(database.pool);
    expect(await migrateDatabase(database)).toEqual(pending);
    const applied = journal.entries.length;
    expect(await readSchemaState(database.pool)).toEqual({ state: "current", pending: [], applied });
    expect(await totalsOf(database)).toEqual(before);

    const keyring = await loadKeyring(["sample/keyring.json"]);
    // A migration after which rows are derived differently sets this mark.
    if ((await readRebuildDue(database.pool)) !== null) await rebuildTables(database, { keyring });
    expect((await checkTables(database, { keyring })).differences).toEqual([]);
    await drainQueue(database, { keyring });
    const { rows } = await database.pool.query("SELECT status, error_code FROM submissions");
    expect(rows).toEqual([{ status: "merged", error_code: null }]);
    const others = await database.pool.query(
      `SELECT (SELECT count(*)::int FROM quarantine) quarantine, (SELECT position::int FROM followed_mirrors) followed,
         (SELECT count(*)::int FROM outstanding_papers) outstanding, (SELECT value FROM settings) setting`,
    );
    expect(others.rows).toEqual([{ quarantine: 1, followed: 7, outstanding: 1, setting: "loaded" }]);

    const server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
    const query =
      '{ status { papers } paper(ref: "2302.12192") { claims { totalCount } aliases { value } } }';
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    const { data, errors } = (await response.json()) as { data: { status: unknown }; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      status: { papers: Number(before["papers"]) + 1 },
      paper: { claims: { totalCount: 4 }, aliases: expect.arrayContaining([{ value: "2302.12192" }]) },
    });
    await server.close();
  });
});

it("doctor reports a rebuild that a migration demands, until the rebuild is done", async () => {
  const database = await created(createTestDatabase());
  await database.pool.query(
    "INSERT INTO settings VALUES ('rebuild_due', 'Titles are read in a better way.')",
  );
  const env = { DATABASE_URL: databaseUrl(database.connection) };
  expect((await runInProcess(["doctor"], env)).stdout).toContain("Titles are read in a better way.");
  await rebuildTables(database, { keyring: await loadKeyring([]) });
  expect(await readRebuildDue(database.pool)).toBeNull();
});

/** The journal and a table of an unreleased version. */
async function makeUnreleased({ pool }: Pick<Database, "pool">): Promise<void> {
  await pool.query(
    `CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text, created_at bigint);
     INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('a', 1795456245066), ('b', 1795477179899);
     CREATE TABLE papers (paper_id bigint PRIMARY KEY)`,
  );
}

async function tablesIn({ pool }: Pick<Database, "pool">): Promise<unknown[]> {
  return (await pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).rows;
}

describe("data of an unreleased version", () => {
  it.each([
    ["serve"],
    ["start", "--no-sample"],
    ["worker"],
    ["ingest", "sample/forks.ndjson"],
    ["migrate"],
    ["migrate", "--check"],
    ["paper", "2302.12192"],
    ["check"],
  ])("is rejected by %s with status 3, and not changed", async (...args) => {
    const database = await created(createEmptyDatabase());
    await makeUnreleased(database);
    const env = { DATABASE_URL: databaseUrl(database.connection), PORT: "0" };
    // These listen for signals, and `ingest` lowers its priority.
    const isService = ["serve", "start", "worker", "ingest"].includes(args[0] ?? "");
    const { status, stderr } = await (isService ? runCli(args, { env }) : runInProcess(args, env));
    expect(stderr).toMatch(/The data in .* is from an unreleased version of pith-graph .*pith-graph sync/);
    expect(stderr).not.toContain("at migrate");
    expect(status).toBe(3);
    expect(await tablesIn(database)).toEqual([{ tablename: "papers" }]);
  });

  it("in a data folder is rejected by start and doctor with the folder's name", async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), "pith-graph-unreleased-"));
    folders.push(dataDirectory);
    const server = await acquireEmbeddedServer({ dataDirectory });
    const database = openDatabase({ connection: server.connection });
    await makeUnreleased(database);
    await database.close();
    await server.release();
    const env = { PITH_GRAPH_DATA: dataDirectory, PORT: "0" };
    const started = await runCli(["start"], { env });
    expect(started.stderr).toContain(`The data in ${server.dataDirectory} is from an unreleased version`);
    expect(started.status).toBe(3);
    const { status, stdout } = await runInProcess(["doctor"], env);
    expect(stdout).toContain(`The data in ${server.dataDirectory} is from an unreleased version`);
    expect(status).toBe(1);
  });
});

describe("migrations", () => {
  it("have increasing times, since one with an earlier time would never be run", () => {
    const times = journal.entries.map(({ when }) => when);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it("are run once by two concurrent processes; `--check` exits with 1 until they are", async () => {
    const database = await created(createEmptyDatabase());
    const env = { DATABASE_URL: databaseUrl(database.connection) };
    const checked = await runInProcess(["migrate", "--check"], env);
    expect(checked).toMatchObject({ status: 1, stdout: "" });
    expect(checked.stderr).toContain(`pending: ${journal.entries.at(-1)?.tag}`);
    const both = await Promise.all([runCli(["migrate"], { env }), runCli(["migrate"], { env })]);
    const runs = both.map(
      ({ stderr }) => stderr.split("\n").filter((line) => line.startsWith("applied: ")).length,
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(runs.sort((a, b) => a - b)).toEqual([0, journal.entries.length]);
    const { rows } = await database.pool.query("SELECT 1 FROM drizzle.__drizzle_migrations");
    expect(rows).toHaveLength(journal.entries.length);
  });

  it("wait for a transaction that has written to the tables they change, and are then run", async () => {
    const database = await created(createEmptyDatabase());
    await migrateDatabase(database);
    const added =
      "ALTER TABLE records ADD COLUMN next text;--> statement-breakpoint\nALTER TABLE papers ADD COLUMN next text;";
    const next = migrationsUpTo(baseline, added);
    const writer = await database.pool.connect();
    // Like a writer that has inserted new papers, and has not requested the write lock yet.
    await writer.query("BEGIN; LOCK TABLE records, papers, claims, paper_keys IN ROW EXCLUSIVE MODE");
    await writer.query("SET LOCAL deadlock_timeout = '5s'");
    const migrating = migrateDatabase(database, undefined, next);
    migrating.catch(() => {});
    const waiting = "SELECT FROM pg_locks WHERE relation IS NOT NULL AND NOT granted";
    await untilRows(database.pool, waiting);
    // Now each waits for the other. After more than a second PostgreSQL would end the writer instead.
    await writer.query("SELECT pg_advisory_xact_lock($1)", [writeLock]).catch(() => {});
    await writer.query("COMMIT");
    writer.release();
    expect(await migrating).toEqual(["next"]);
    expect((await readSchemaState(database.pool, next)).state).toBe("current");
  });

  it("of a newer version make migrate throw SchemaError, and serve exit with status 3", async () => {
    const database = await created(createTestDatabase());
    await database.pool.query(
      "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9999999999999)",
    );
    await expect(migrateDatabase(database)).rejects.toThrow(SchemaError);
    const env = { DATABASE_URL: databaseUrl(database.connection), PORT: "0" };
    const { status, stderr } = await runCli(["serve"], { env });
    expect(status).toBe(3);
    expect(stderr).toContain("error: This database was migrated by a newer version of pith-graph.");
  });
});
