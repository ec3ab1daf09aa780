import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase } from "../database.ts";
import { randomFrom } from "../ingest/random.ts";
import { clearTables, readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { sampleDocuments, sampleKeyring, takeIn } from "../ingest/take-in.ts";
import { isLong, moments } from "../long.ts";
import { KillableServer } from "./killable-server.ts";

/** The moments of this run; PITH_SEED gives those of another. */
const seed = Number(process.env["PITH_SEED"] ?? Date.now() % 2 ** 31);
const random = randomFrom(seed);
const victims = ["the ingest", "PostgreSQL", "both"] as const;
const momentsOfEach = moments / victims.length;

const documents = sampleDocuments(isLong ? 250 : 110);
const batchDocuments = 8;
const keyringPath = "sample/keyring.json";

let server: KillableServer;
let folder: string;
let args: string[];
let env: Record<string, string>;
/** What an undisturbed run leaves. */
let wanted: Tables;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-faults-"));
  const file = join(folder, "documents.ndjson");
  await writeFile(file, documents.map((text) => text.trim()).join("\n"));
  args = ["ingest", "--keyring", keyringPath, "--batch", String(batchDocuments), file];
  const undisturbed = await createTestDatabase();
  await takeIn(undisturbed, documents, { keyring: sampleKeyring });
  wanted = await readTables(undisturbed);
  await undisturbed.drop();
  server = await KillableServer.start(inject("preparedData"));
  env = { PITH_GRAPH_DATA: server.dataDirectory };
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

type Ingest = {
  readonly process: ChildProcess;
  readonly ended: Promise<{ status: number | null; signal: string | null; stderr: string }>;
};

function startIngest(): Ingest {
  const child = spawnCli(args, { env });
  child.stdin?.end();
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ status: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on("close", (status, signal) => {
      server.wake();
      resolve({ status, signal, stderr });
    });
  });
  return { process: child, ended };
}

/** Somewhere in an ingest: before its first commit, where moments are many; after one of the next, or a little later. */
async function randomMoment({ process: child }: Ingest): Promise<void> {
  const commits = isLong ? random.below(4) : 1 + random.below(3);
  const later = random.next();
  if (commits === 0) return void (await delay(600 * later));
  const from = server.commits;
  while (server.commits < from + commits && child.exitCode === null) await server.nextNotice();
  await delay(15 * later);
}

async function papersHeld(): Promise<number> {
  const { rows } = await server.database.pool.query("SELECT FROM papers");
  return rows.length;
}

/** What the feed told is there, with the papers that it told of. */
async function expectAcknowledged(): Promise<void> {
  const { rows } = await server.database.pool.query(
    "SELECT FROM changes JOIN papers USING (paper_id) WHERE position <= $1",
    [server.told],
  );
  expect(rows).toHaveLength(server.told);
}

/** Runs the ingest to its end, and compares all there is. */
async function finishUndisturbed(): Promise<void> {
  const { status, stderr } = await runCli(args, { env });
  expect(stderr).toContain(`${documents.length} documents: `);
  expect(status).toBe(0);
  const tables = await readTables(server.database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  expect((await server.database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
}

async function beginAgain(): Promise<void> {
  await clearTables(server.database);
  server.told = 0;
}

const name = `killed at ${victims.length * momentsOfEach} random moments (seed ${seed}): nothing acknowledged is missing`;

test(name, async () => {
  const all = wanted["papers"]?.length ?? 0;
  const plan = random.shuffle(
    victims.flatMap((victim) => Array.from({ length: momentsOfEach }, () => victim)),
  );
  /** Of each victim the moments at which something was committed, and not all. */
  const amid = { "the ingest": 0, PostgreSQL: 0, both: 0 };
  let open = 0;
  let lost = 0;
  for (const victim of plan) {
    // So that there is something left to disturb.
    if ((await papersHeld()) > all * 0.75) {
      await finishUndisturbed();
      await beginAgain();
    }
    const ingest = startIngest();
    await randomMoment(ingest);
    const moment = await server.look();
    if (victim !== "PostgreSQL") ingest.process.kill("SIGKILL");
    if (victim !== "the ingest") await server.kill(moment);
    const { status, signal, stderr } = await ingest.ended;
    if (victim !== "PostgreSQL") expect([status, signal]).toEqual([null, "SIGKILL"]);
    else if (status !== 0) {
      expect(stderr).toMatch(
        /^error: Lost the connection to the database: .*run the command again to continue\.$/m,
      );
      expect(status).toBe(3);
      lost++;
    }
    await expectAcknowledged();
    if (moment.openTransactions > 0) open++;
    const held = await papersHeld();
    if (held > 0 && held < all) amid[victim]++;
  }
  await finishUndisturbed();
  const check = await runCli(["check", "--keyring", keyringPath], { env });
  expect(check.stderr).toContain("No differences.");
  expect(check.status).toBe(0);
  // The faults have fired, and in the midst of it.
  expect(server.kills).toBe(2 * momentsOfEach);
  expect(server.recoveries()).toBe(server.kills);
  for (const victim of victims) expect(amid[victim], victim).toBeGreaterThan(0);
  // Each of a few moments may lie between two transactions.
  if (isLong) expect(open).toBeGreaterThan(0);
  expect(lost).toBeGreaterThan(0);
});
