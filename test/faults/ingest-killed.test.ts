import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";
import { clearTables, readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { isLong, moments } from "../long.ts";
import { KillableServer } from "./killable-server.ts";

/** Decides the moments of this run; PITH_SEED repeats those of another. */
const seed = Number(process.env["PITH_SEED"] ?? Date.now() % 2 ** 31);
const random = randomFrom(seed);
const victims = ["the ingest", "PostgreSQL", "both"] as const;
const killsOfEach = moments / victims.length;

const documents = sampleDocuments(isLong ? 250 : 110);
const batchDocuments = 8;
const keyringPath = "sample/keyring.json";

let server: KillableServer;
let folder: string;
let args: string[];
let env: Record<string, string>;
/** The tables after an undisturbed run. */
let wanted: Tables;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-faults-"));
  const file = join(folder, "documents.ndjson");
  await writeFile(file, documents.map((text) => text.trim()).join("\n"));
  args = ["ingest", "--keyring", keyringPath, "--batch", String(batchDocuments), file];
  const undisturbed = await createTestDatabase();
  await ingestDocuments(undisturbed, documents, { keyring: sampleKeyring });
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

/** A moment before the first commit of an ingest (in the long form), or shortly after one of the first three. */
async function randomMoment({ process: child }: Ingest): Promise<void> {
  const commits = isLong ? random.below(4) : 1 + random.below(3);
  const later = random.next();
  if (commits === 0) return void (await delay(600 * later));
  const from = server.commits;
  while (server.commits < from + commits && child.exitCode === null) await server.nextNotice();
  await delay(15 * later);
}

async function storedPapers(): Promise<number> {
  const { rows } = await server.database.pool.query("SELECT FROM papers");
  return rows.length;
}

/** Expects all changes that the feed announced, with their papers. */
async function expectAcknowledged(): Promise<void> {
  const { rows } = await server.database.pool.query(
    "SELECT FROM changes JOIN papers USING (paper_id) WHERE position <= $1",
    [server.announced],
  );
  expect(rows).toHaveLength(server.announced);
}

/** Runs the ingest without a fault, and compares all tables. */
async function finishUndisturbed(): Promise<void> {
  const { status, stderr } = await runCli(args, { env });
  expect(stderr).toContain(`${documents.length} documents: `);
  expect(status).toBe(0);
  const tables = await readTables(server.database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  expect((await server.database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
}

async function resetServer(): Promise<void> {
  await clearTables(server.database);
  server.announced = 0;
}

const name = `all announced changes are stored after kills at ${victims.length * killsOfEach} random moments of ingests (seed ${seed})`;

test(name, async () => {
  const all = wanted["papers"]?.length ?? 0;
  const plan = random.shuffle(victims.flatMap((victim) => Array.from({ length: killsOfEach }, () => victim)));
  /** For each victim the number of moments at which some documents, but not all, were committed. */
  const amid = { "the ingest": 0, PostgreSQL: 0, both: 0 };
  let open = 0;
  let lost = 0;
  for (const victim of plan) {
    // So that there is enough left to disturb.
    if ((await storedPapers()) > all * 0.75) {
      await finishUndisturbed();
      await resetServer();
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
    const stored = await storedPapers();
    if (stored > 0 && stored < all) amid[victim]++;
  }
  await finishUndisturbed();
  const check = await runCli(["check", "--keyring", keyringPath], { env });
  expect(check.stderr).toContain("No differences.");
  expect(check.status).toBe(0);
  // The faults have happened, and in the middle of ingests.
  expect(server.kills).toBe(2 * killsOfEach);
  expect(server.recoveries()).toBe(server.kills);
  for (const victim of victims) expect(amid[victim], victim).toBeGreaterThan(0);
  // In the short form, all moments may be between transactions.
  if (isLong) expect(open).toBeGreaterThan(0);
  expect(lost).toBeGreaterThan(0);
});
