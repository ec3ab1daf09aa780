import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  BackupError,
  checkTables,
  readBackup,
  rebuildTables,
  writeBackup,
} from "../../src/maintenance/index.ts";

import { enqueue } from "../../src/submissions/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { readTables } from "../ingest/tables.ts";
import { databaseUrl } from "../server-connection.ts";

let database: TestDatabase;
let folder: string;
const dropping: TestDatabase[] = [];
const run = promisify(execFile);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-backup-"));
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(30), { keyring: sampleKeyring });
  await ingestDocuments(database, ['{"\\u0000\t\\\\.": 1}'], {
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

/** All tables, including positions and times of import. */
async function everything({ pool }: TestDatabase): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const table of [...own, "events"]) {
    const { rows } = await pool.query(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
    all[table] = rows;
  }
  return all;
}

async function expectEqual(other: TestDatabase): Promise<void> {
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

test("restores all tables from a backup of the log, and accepts new documents afterwards", async () => {
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
  await expectEqual(other);

  const again = await runCli(["restore", file, ...keyring], {
    env: { DATABASE_URL: databaseUrl(other.connection) },
  });
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining("The database is not empty") });

  const more = sampleDocuments(33).slice(30);
  await ingestDocuments(other, more, { keyring: sampleKeyring });
  const { rows } = await other.pool.query(
    "SELECT count(*) = count(DISTINCT position) AS distinct, max(position) = count(*) AS gapless FROM events",
  );
  expect(rows).toEqual([{ distinct: true, gapless: true }]);
});

test("restore exits with 1 and reports how many events its keyring does not accept", async () => {
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

describe("a backup leaves nothing in the database if it is", () => {
  let other: TestDatabase;
  beforeAll(async () => {
    other = await created(createTestDatabase());
  });

  const damages: [string, (text: string) => string, RegExp][] = [
    [
      "cut between two tables",
      (text) => text.slice(0, text.indexOf('COPY public."quarantine"')),
      /backup is incomplete/,
    ],
    [
      "cut within a row",
      (text) => text.slice(0, text.indexOf('COPY public."changes"') - 200),
      /backup is incomplete/,
    ],
    ["without its last line", (text) => text.slice(0, text.lastIndexOf("--")), /backup is incomplete/],
    ["followed by more text", (text) => `${text}DROP TABLE events;\n`, /continues after its end/],
    ["a file of another kind", (text) => `SELECT 1;\n${text}`, /not a backup of pith-graph/],
    [
      "one with other statements",
      (text) => text.replace('COPY public."events"', 'DELETE FROM "events"'),
      /damaged/,
    ],
    [
      "one with another table",
      (text) => text.replace('COPY public."events"', 'COPY public."pg_authid"'),
      /damaged/,
    ],
    [
      "one with a table twice",
      (text) => text.replace('COPY public."events"', 'COPY public."records"'),
      /damaged/,
    ],
    [
      "made by a newer version",
      (text) => text.replace("(paper_id, event_id", "(novelty, event_id"),
      /newer version/,
    ],
    ["empty", () => "", /backup is incomplete/],
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

  test("one with an invalid row", async () => {
    const file = join(folder, "damaged");
    await writeFile(file, (await backupText()).replace(/^(COPY public\."events".*\n)/m, "$1nonsense\n"));
    const { status, stderr } = await runCli(["restore", file], {
      env: { DATABASE_URL: databaseUrl(other.connection) },
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("error: The backup is damaged:")]);
    await rm(file);
  });

  test("one with an invalid row after 30,000 valid ones", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    // Enough to fill the stream's buffer repeatedly.
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

  test("damaged, and a complete one, read in pieces of 7 bytes, can be restored afterwards", async () => {
    const counts = await readBackup(other, inPieces(await backupText(), 7));
    expect(counts.get("submissions")).toBe(1);
    await rebuildTables(other, { keyring: sampleKeyring });
    await expectEqual(other);
  });
});

/** The major version of a PostgreSQL program; null if it is not installed. */
async function majorOf(program: string): Promise<number | null> {
  try {
    const { stdout } = await run(program, ["--version"]);
    return Number(/(\d+)(?:\.\d+|\w+)/.exec(stdout)?.[1] ?? 0);
  } catch {
    return null;
  }
}

test("psql and a rebuild restore all tables from a backup", async (context) => {
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
  await expectEqual(other);
});

test("pg_dump and pg_restore restore an equal database", async (context) => {
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
  await expectEqual(other);
});
