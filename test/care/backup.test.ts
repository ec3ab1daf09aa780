import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BackupError, readBackup, writeBackup } from "../../src/ingest/backup/index.ts";
import { checkTables, rebuildTables } from "../../src/ingest/index.ts";
import { enqueue } from "../../src/ingest/submissions/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../database.ts";
import { readTables } from "../ingest/tables.ts";
import { sampleDocuments, sampleKeyring, takeIn } from "../ingest/take-in.ts";
import { databaseUrl } from "../server-connection.ts";

let database: TestDatabase;
let folder: string;
const dropping: TestDatabase[] = [];
const run = promisify(execFile);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-backup-"));
  database = await createTestDatabase();
  await takeIn(database, sampleDocuments(30), { keyring: sampleKeyring });
  await takeIn(database, ['{"\\u0000\t\\\\.": 1}'], {
    keyring: sampleKeyring,
  });
  const id = "00000000-0000-4000-8000-000000000001";
  const waiting = { id, token: "0123456789abcdef", minimumProof: "signed" as const };
  await enqueue(database.pool, [{ ...waiting, bytes: Buffer.from("\u0000\\.\n\\N{") }]);
});

afterAll(async () => {
  for (const other of dropping) await other.drop();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function created(creating: Promise<TestDatabase>): Promise<TestDatabase> {
  const other = await creating;
  dropping.push(other);
  return other;
}

const own = ["quarantine", "submissions", "followed_mirrors", "outstanding_papers", "settings", "changes"];

/** All tables, positions and times of arrival included. */
async function everything({ pool }: TestDatabase): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const table of [...own, "events"]) {
    const { rows } = await pool.query(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
    all[table] = rows;
  }
  return all;
}

async function demandEqual(other: TestDatabase): Promise<void> {
  expect(await readTables(other)).toEqual(await readTables(database));
  expect(await everything(other)).toEqual(await everything(database));
  expect((await checkTables(other, { keyring: sampleKeyring })).differences).toEqual([]);
}

async function backupText(): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeBackup(database)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

async function* inPieces(text: string, size = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

test("nothing but the log, put into an empty database, gives the same tables; new documents go on from there", async () => {
  const file = join(folder, "log.gz");
  const keyring = ["--keyring", "sample/keyring.json"];
  const written = await runCli(["backup", file], { env: { DATABASE_URL: databaseUrl(database.connection) } });
  expect(written).toMatchObject({ status: 0, stderr: expect.stringMatching(/^Wrote \d+ bytes to /) });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["log.gz"]);
  const text = gunzipSync(await readFile(file)).toString("utf8");
  for (const derived of ["papers", "works", "citations", "claims"])
    expect(text).not.toContain(`public."${derived}"`);

  const other = await created(createEmptyDatabase());
  const restored = await runCli(["restore", file, ...keyring], {
    env: { DATABASE_URL: databaseUrl(other.connection) },
  });
  expect(restored).toMatchObject({ status: 0, stderr: expect.stringContaining("Restored the database") });
  await demandEqual(other);

  const again = await runCli(["restore", file, ...keyring], {
    env: { DATABASE_URL: databaseUrl(other.connection) },
  });
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining("The database is not empty") });

  const more = sampleDocuments(33).slice(30);
  await takeIn(other, more, { keyring: sampleKeyring });
  const { rows } = await other.pool.query(
    "SELECT count(*) = count(DISTINCT position) AS distinct, max(position) = count(*) AS gapless FROM events",
  );
  expect(rows).toEqual([{ distinct: true, gapless: true }]);
});

test("a keyring that does not let all events in is said to have lost them", async () => {
  const file = join(folder, "log");
  await writeFile(file, await backupText());
  const other = await created(createEmptyDatabase());
  const { status, stderr } = await runCli(["restore", file], {
    env: { DATABASE_URL: databaseUrl(other.connection) },
  });
  await rm(file);
  const countIn = async ({ pool }: TestDatabase) =>
    (await pool.query<{ count: number }>("SELECT count(*)::int AS count FROM events")).rows[0]?.count ?? 0;
  const lost = (await countIn(database)) - (await countIn(other));
  expect(lost).toBeGreaterThan(0);
  expect(stderr).toContain(`${lost} events of the backup rejected by this keyring and left out of the log.`);
  expect(status).toBe(1);
});

describe("a backup that is not whole, or not ours, leaves nothing", () => {
  let other: TestDatabase;
  beforeAll(async () => {
    other = await created(createTestDatabase());
  });

  const damages: [string, (text: string) => string, RegExp][] = [
    [
      "cut between two tables",
      (text) => text.slice(0, text.indexOf('COPY public."quarantine"')),
      /cut short/,
    ],
    ["cut within a row", (text) => text.slice(0, text.indexOf('COPY public."changes"') - 200), /cut short/],
    ["without its last line", (text) => text.slice(0, text.lastIndexOf("--")), /cut short/],
    ["with more behind it", (text) => `${text}DROP TABLE events;\n`, /continues after its end/],
    ["of another kind", (text) => `SELECT 1;\n${text}`, /no backup of pith-graph/],
    [
      "with other statements",
      (text) => text.replace('COPY public."events"', 'DELETE FROM "events"'),
      /damaged/,
    ],
    [
      "of another table",
      (text) => text.replace('COPY public."events"', 'COPY public."pg_authid"'),
      /damaged/,
    ],
    [
      "twice of one table",
      (text) => text.replace('COPY public."events"', 'COPY public."records"'),
      /damaged/,
    ],
    [
      "of a newer version",
      (text) => text.replace("(paper_id, event_id", "(novelty, event_id"),
      /newer version/,
    ],
    ["empty", () => "", /cut short/],
  ];

  test.each(damages)("%s", async (_name, damage, message) => {
    const reading = readBackup(other, inPieces(damage(await backupText())));
    await expect(reading).rejects.toThrow(BackupError);
    await expect(reading).rejects.toThrow(message);
    const { rows } = await other.pool.query(
      "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM events) AS n",
    );
    expect(rows).toEqual([{ n: "0" }]);
  });

  test("with a row that is none", async () => {
    const file = join(folder, "damaged");
    await writeFile(file, (await backupText()).replace(/^(COPY public\."events".*\n)/m, "$1nonsense\n"));
    const { status, stderr } = await runCli(["restore", file], {
      env: { DATABASE_URL: databaseUrl(other.connection) },
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("error: The backup is damaged:")]);
    await rm(file);
  });

  test("with a row that is none, behind many that are", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    // So many that the stream is full again and again.
    const rows = Array.from({ length: 30_000 }, (_, nth) => `${nth}\t\\\\x${"00".repeat(32)}\tPASSED\n`);
    const text = (await backupText()).replace(
      /^(COPY public\."published_states".*\n)/m,
      (head) => `${head}${rows.join("")}nonsense\n`,
    );
    await expect(readBackup(other, inPieces(text, 1_000_000))).rejects.toMatchObject({ code: /^22/ });
    process.off("warning", onWarning);
    expect(warnings).toEqual([]);
    expect((await other.pool.query("SELECT FROM published_states")).rows).toEqual([]);
  });

  test("and then takes a whole one, whatever pieces it comes in", async () => {
    const counts = await readBackup(other, inPieces(await backupText(), 7));
    expect(counts.get("submissions")).toBe(1);
    await rebuildTables(other, { keyring: sampleKeyring });
    await demandEqual(other);
  });
});

/** The major version of a program of PostgreSQL; null where it is not installed. */
async function majorOf(program: string): Promise<number | null> {
  try {
    const { stdout } = await run(program, ["--version"]);
    return Number(/(\d+)(?:\.\d+|\w+)/.exec(stdout)?.[1] ?? 0);
  } catch {
    return null;
  }
}

test("psql takes a backup, too: the rest is a rebuild", async (context) => {
  if ((await majorOf("psql")) === null) context.skip("psql is not installed");
  const file = join(folder, "backup.sql");
  await writeFile(file, await backupText());
  const other = await created(createTestDatabase());
  await run("psql", [
    "--single-transaction",
    "--set=ON_ERROR_STOP=1",
    `--file=${file}`,
    databaseUrl(other.connection),
  ]);
  await rebuildTables(other, { keyring: sampleKeyring });
  await demandEqual(other);
});

test("a dump by pg_dump, restored by pg_restore, is the same database", async (context) => {
  const { rows } = await database.pool.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  const [dumping, restoring] = [await majorOf("pg_dump"), await majorOf("pg_restore")];
  const server = rows[0]?.major ?? 0;
  if (dumping === null || restoring === null || dumping < server || restoring < server) {
    context.skip(`pg_dump and pg_restore ${server} or newer are not installed`);
  }
  const file = join(folder, "dump");
  await run("pg_dump", ["--format=custom", `--file=${file}`, databaseUrl(database.connection)]);
  const other = await created(createEmptyDatabase());
  await run("pg_restore", [
    "--no-owner",
    "--exit-on-error",
    `--dbname=${databaseUrl(other.connection)}`,
    file,
  ]);
  await demandEqual(other);
});
