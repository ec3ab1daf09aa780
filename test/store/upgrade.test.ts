import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { from as copyFrom } from "pg-copy-streams";
import { afterEach, describe, expect, it } from "vitest";
import { loadKeyring } from "../../src/cli/keyring-file.ts";
import { checkTables, rebuildTables } from "../../src/ingest/index.ts";
import { workOff } from "../../src/ingest/submissions/index.ts";
import { createApp, startServer } from "../../src/server/index.ts";
import { migrateDatabase, NewerSchemaError, readSchemaState } from "../../src/store/index.ts";
import { readRebuildDue } from "../../src/store/rebuild-due.ts";
import { writeLock } from "../../src/store/write-lock.ts";
import { runCli } from "../cli/run-cli.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../database.ts";
import { untilRows } from "../faults/waiting.ts";
import { databaseUrl } from "../server-connection.ts";

type Journal = { entries: { tag: string; when: number }[] };

const journal = JSON.parse(readFileSync("drizzle/meta/_journal.json", "utf8")) as Journal;
const dropping: TestDatabase[] = [];

afterEach(async () => {
  for (const database of dropping.splice(0)) await database.drop();
});

async function created(creating: Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await creating;
  dropping.push(database);
  return database;
}

/** Runs the migrations that there were up to one of them, as the software of then did. */
async function migrateUpTo(database: TestDatabase, tag: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-migrations-"));
  try {
    cpSync("drizzle", folder, { recursive: true });
    const end = journal.entries.findIndex((entry) => entry.tag === tag) + 1;
    writeFileSync(
      join(folder, "meta/_journal.json"),
      JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }),
    );
    await migrate(drizzle(database.pool), { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts rows in that stand in a file as in one of pg_dump: `COPY … FROM stdin;`, lines, `\.`. */
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

/** Each file is named by the last migration that there was when its rows were written, by the software of then. */
describe.each(readdirSync(folder))("the data of %s", (file) => {
  it("is brought up to date, rebuilt, and answers; then nothing differs from its log; what waited is ingested", async () => {
    const database = await created(createEmptyDatabase());
    const tag = file.replace(".sql.gz", "");
    await migrateUpTo(database, tag);
    await loadRows(database, join(folder, file));
    const before = await totalsOf(database);

    const { pending } = await readSchemaState(database.pool);
    expect(pending.length).toBeGreaterThan(0);
    expect(await migrateDatabase(database)).toEqual(pending);
    expect(await readSchemaState(database.pool)).toEqual({ state: "current", pending: [] });

    const anchors = await database.pool.query("SELECT FROM works WHERE anchored_work_count > 0");
    expect(anchors.rowCount).toBeGreaterThan(0);
    // All anchors are counted.
    const counted = { counted_graph_position: before["graph_position"] };
    expect(await totalsOf(database)).toEqual({ ...before, ...counted });

    const keyring = await loadKeyring(["sample/keyring.json"]);
    // Names and titles are read otherwise since: the migration says so, and a rebuild makes it good.
    expect(await readRebuildDue(database.pool)).toContain("read in a better way");
    const env = { DATABASE_URL: databaseUrl(database.connection) };
    expect((await runCli(["doctor"], { env })).stdout).toContain("Run `pith-graph rebuild`.");
    await rebuildTables(database, { keyring });
    expect(await readRebuildDue(database.pool)).toBeNull();
    expect((await checkTables(database, { keyring })).differences).toEqual([]);
    await workOff(database, { keyring });
    const { rows } = await database.pool.query("SELECT status, error_code FROM submissions");
    expect(rows).toEqual([{ status: "merged", error_code: null }]);

    const server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
    const query =
      '{ status { papers } paper(ref: "2302.12192") { claims { totalCount } aliases { value } } }';
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`);
    const { data, errors } = (await response.json()) as { data: { status: unknown }; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      status: { papers: 23 },
      paper: { claims: { totalCount: 4 }, aliases: expect.arrayContaining([{ value: "2302.12192" }]) },
    });
    await server.close();
  });
});

describe("migrations", () => {
  it("come in the order in which they were made: a later one with an earlier time would never be run", () => {
    const times = journal.entries.map(({ when }) => when);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it("are run once, by one of two processes that come at once; `--check` says whether they are", async () => {
    const database = await created(createEmptyDatabase());
    const env = { DATABASE_URL: databaseUrl(database.connection) };
    const checked = await runCli(["migrate", "--check"], { env });
    expect(checked).toMatchObject({ status: 1, stdout: "" });
    expect(checked.stderr).toContain(`to be run: ${journal.entries.at(-1)?.tag}`);
    const both = await Promise.all([runCli(["migrate"], { env }), runCli(["migrate"], { env })]);
    const told = both.map(
      ({ stderr }) => stderr.split("\n").filter((line) => line.startsWith("run: ")).length,
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(told.sort((a, b) => a - b)).toEqual([0, journal.entries.length]);
    const { rows } = await database.pool.query("SELECT 1 FROM drizzle.__drizzle_migrations");
    expect(rows).toHaveLength(journal.entries.length);
  });

  it("are run though a writer is in the midst of what they change: it goes first", async () => {
    const database = await created(createEmptyDatabase());
    await migrateUpTo(database, "0003_search_indexes");
    const writer = await database.pool.connect();
    // As one that has written new papers, and has not asked for the lock of all writers yet.
    await writer.query("BEGIN; LOCK TABLE records, papers, claims, paper_keys IN ROW EXCLUSIVE MODE");
    await writer.query("SET LOCAL deadlock_timeout = '5s'");
    const migrating = migrateDatabase(database);
    migrating.catch(() => {});
    const waiting = "SELECT FROM pg_locks WHERE relation IS NOT NULL AND NOT granted";
    await untilRows(database.pool, waiting);
    // Now each has what the other waits for. Were this slower than a second the writer would be the one to give way.
    await writer.query("SELECT pg_advisory_xact_lock($1)", [writeLock]).catch(() => {});
    await writer.query("COMMIT");
    writer.release();
    await migrating;
    expect((await readSchemaState(database.pool)).state).toBe("current");
  });

  it("of a newer version are told, and nothing is changed or served", async () => {
    const database = await created(createTestDatabase());
    await database.pool.query(
      "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 9999999999999)",
    );
    await expect(migrateDatabase(database)).rejects.toThrow(NewerSchemaError);
    const env = { DATABASE_URL: databaseUrl(database.connection), PORT: "0" };
    const { status, stderr } = await runCli(["serve"], { env });
    expect(status).toBe(3);
    expect(stderr).toContain("pith-graph: This database was migrated by a newer version of pith-graph.");
  });
});
