import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrationLock } from "../../src/store/migrate.ts";
import { queuedChannel } from "../../src/submissions/queue.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { databaseUrl } from "../server-connection.ts";
import { paper, post, sha256, token } from "../submissions/site.ts";
import { spawnCli } from "./run-cli.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

let database: TestDatabase;
let holder: pg.PoolClient;
let env: Record<string, string>;
let service: ServiceProcess;
let worker: ServiceProcess;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  env = {
    DATABASE_URL: databaseUrl(database.connection),
    PITH_GRAPH_TOKENS: sha256(token).toString("hex"),
    PITH_GRAPH_STOP_SECONDS: "1",
    PORT: "0",
  };
  const started = await Promise.all([
    startService(["serve", "--no-worker"], env),
    startService(["worker"], env),
  ]);
  [service, worker] = started;
  children.push(...started.map(({ child }) => child));
  holder = await database.pool.connect();
  // Locked during the test: no statement on submissions is answered.
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE");
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await holder.query("ROLLBACK");
  holder.release();
  await database.drop();
});

/** The statements that wait for a lock. */
async function waiting(): Promise<string> {
  const { rows } = await database.pool.query<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.map(({ query }) => query).join("; ");
}

/** Resolves once a process has printed a match to standard error. */
function firstMatch({ stderr }: ChildProcess, wanted: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (wanted.test(text)) resolve();
    });
  });
}

test("services, a worker and a follower exit with 3 a few seconds after their stop limit if the database does not answer", async () => {
  const submitted = post(service.url, paper(1).text).catch((error: Error) => error);
  await expect.poll(waiting, { timeout: 20_000 }).toContain("AS documents");
  // The worker looks at the queue.
  await database.pool.query("SELECT pg_notify($1, '')", [queuedChannel]);
  await expect.poll(waiting, { timeout: 20_000 }).toContain("not_before");
  // A process that waits for another one's migration does not serve yet.
  await holder.query("SELECT pg_advisory_xact_lock($1)", [migrationLock]);
  const follower = ["sync", "--follow", "--allow-host", "127.0.0.1", "http://127.0.0.1:9"];
  const waitingFor = [spawnCli(["serve", "--no-worker"], { env }), spawnCli(follower, { env })];
  children.push(...waitingFor);
  const waitingForMigration = waitingFor.map((child) =>
    firstMatch(child, /Waiting for another process that is migrating the database/),
  );
  await Promise.all(waitingForMigration);

  const ended = children.map((child) => once(child, "close"));
  for (const child of children) child.kill("SIGTERM");
  expect(await Promise.all(ended)).toEqual(children.map(() => [3, null]));
  await service.printed("Not stopped after 7 s: exiting by force.");
  await worker.printed("Not stopped after 6 s: exiting by force.");
  // The request broke off: the document was not acknowledged.
  expect(await submitted).toBeInstanceOf(Error);
});
