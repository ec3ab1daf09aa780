import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { keyringEntries } from "../../src/protocol/index.ts";
import { createApp, type RunningServer, startServer } from "../../src/server/index.ts";
import { queuedChannel } from "../../src/submissions/index.ts";
import { referenceOf } from "../api/fixtures/documents.ts";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase } from "../database.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";
import { readTables, tableNames } from "../ingest/tables.ts";
import { isLong, moments } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { type Answered, paper, post, settings, statuses } from "../submissions/site.ts";
import { KillableServer } from "./killable-server.ts";

/** Decides the moments of this run; PITH_SEED repeats those of another. */
const seed = Number(process.env["PITH_SEED"] ?? Date.now() % 2 ** 31);
const random = randomFrom(seed);
const victims = ["the worker", "PostgreSQL", "both"] as const;
const killsOfEach = moments / victims.length;

let server: KillableServer;
let http: RunningServer;
let folder: string;
let keyringPath: string;
let env: Record<string, string>;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-faults-"));
  keyringPath = join(folder, "keyring.json");
  await writeFile(keyringPath, JSON.stringify(keyringEntries(keyring)));
  server = await KillableServer.start(inject("preparedData"));
  env = { PITH_GRAPH_DATA: server.dataDirectory };
  const app = createApp({ database: server.database, submissions: settings, logError: () => {} });
  http = await startServer({ app, port: 0, host: "127.0.0.1" });
});

afterAll(async () => {
  worker?.removeAllListeners("exit").kill("SIGKILL");
  await http?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Restarts a worker that ends by itself, like `serve`: it ends if the server is killed before it has joined. */
function startWorker(): ChildProcess {
  const child = spawnCli(["worker", "--keyring", keyringPath], { env });
  child.stderr?.resume();
  child.on("exit", (_status, signal) => {
    if (signal === null) worker = startWorker();
  });
  return child;
}

/** A paper that cites two earlier ones, and one that is never submitted. */
function documentOf(number: number): string {
  const cited = [number - 1, number - 2, number + 10_000].map((other) => `2403.${10_000 + other}`);
  return paper(number, { references: cited.map((arxivId, index) => referenceOf(index, { arxivId })) }).text;
}

const perRequest = 3;
/** All documents that were submitted. */
const submitted: string[] = [];
/** The ids under which they were acknowledged. */
const acknowledged: string[] = [];
/** The number of failed requests, which were repeated. */
let unanswered = 0;

/** Submits papers until the signal aborts, and repeats each request until it is acknowledged. */
async function submit(signal: AbortSignal): Promise<void> {
  do {
    const documents = Array.from({ length: perRequest }, (_, index) => documentOf(submitted.length + index));
    submitted.push(...documents);
    for (;;) {
      const answered: Answered | undefined = await post(http.url, documents.join("\n"), {}, "?wait=0").catch(
        () => undefined,
      );
      const answers = answered?.answers ?? [];
      const ids = answers.flatMap(({ id, error }) => (error === undefined && id !== null ? [id] : []));
      acknowledged.push(...ids);
      // Paced, to last until the kill.
      await delay(30);
      if (answered?.status === 202 && ids.length === perRequest) break;
      unanswered++;
    }
  } while (!signal.aborted);
}

async function expectAcknowledged(): Promise<void> {
  const { rows } = await server.database.pool.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM submissions WHERE submission_id = ANY($1)",
    [acknowledged],
  );
  expect(rows).toEqual([{ count: acknowledged.length }]);
}

const name = `all acknowledged submissions are merged after kills at ${victims.length * killsOfEach} random moments (seed ${seed})`;

test(name, async () => {
  const plan = random.shuffle(victims.flatMap((victim) => Array.from({ length: killsOfEach }, () => victim)));
  /** The number of moments at which some submissions were queued and others merged. */
  let amid = 0;
  let open = 0;
  for (const victim of plan) {
    worker ??= startWorker();
    const from = server.commits;
    const isOver = new AbortController();
    const submitting = submit(isOver.signal);
    const isAfterCommit = !isLong || random.chance(0.7);
    const later = random.next();
    while (isAfterCommit && server.commits === from) await server.nextNotice();
    await delay((isAfterCommit ? 60 : 400) * later);
    const moment = await server.look();
    if (victim !== "PostgreSQL") {
      const ended = once(worker, "exit");
      worker.kill("SIGKILL");
      expect(await ended).toEqual([null, "SIGKILL"]);
      worker = undefined;
    }
    if (victim !== "the worker") await server.kill(moment);
    const { queued = 0, merged = 0 } = await statuses(server.database);
    if (queued > 0 && merged > 0) amid++;
    if (moment.openTransactions > 0) open++;
    isOver.abort();
    await submitting;
    await expectAcknowledged();
  }
  worker ??= startWorker();
  // Submissions that a killed worker had claimed would be due later.
  await server.database.pool.query("UPDATE submissions SET not_before = now() WHERE status = 'queued'");
  await server.database.pool.query("SELECT pg_notify($1, '')", [queuedChannel]);
  for (;;) {
    const notice = server.nextNotice();
    if ((await statuses(server.database))["queued"] === undefined) break;
    await notice;
  }
  const { rows } = await server.database.pool.query(
    "SELECT DISTINCT status FROM submissions WHERE submission_id = ANY($1)",
    [acknowledged],
  );
  expect(rows).toEqual([{ status: "merged" }]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(submitted.length);

  const undisturbed = await createTestDatabase();
  await ingestDocuments(undisturbed, submitted, { keyring, minimumProof: settings.minimumProof });
  const wanted = await readTables(undisturbed);
  await undisturbed.drop();
  const tables = await readTables(server.database);
  for (const table of tableNames) expect(tables[table], table).toEqual(wanted[table]);
  const check = await runCli(["check", "--keyring", keyringPath], { env });
  expect(check.stderr).toContain("No differences.");
  expect(check.status).toBe(0);
  // The faults have happened, and in the middle of the work.
  expect(server.kills).toBe(2 * killsOfEach);
  expect(server.recoveries()).toBe(server.kills);
  expect(amid).toBeGreaterThan(0);
  // In the short form, all moments may be between transactions.
  if (isLong) expect(open).toBeGreaterThan(0);
  expect(unanswered).toBeGreaterThan(0);
});
