import { once } from "node:events";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queuedChannel } from "../../src/ingest/submissions/channels.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { databaseUrl } from "../server-connection.ts";
import { paper, post, sha256, token } from "../submissions/site.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

let database: TestDatabase;
let holder: pg.PoolClient;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const env = {
    DATABASE_URL: databaseUrl(database.connection),
    PITH_GRAPH_TOKENS: sha256(token).toString("hex"),
    PITH_GRAPH_STOP_SECONDS: "1",
    PORT: "0",
  };
  services.push(
    ...(await Promise.all([startService(["serve", "--no-worker"], env), startService(["worker"], env)])),
  );
  holder = await database.pool.connect();
  // Held for as long as the test lasts: whatever concerns submissions is never answered.
  await holder.query("BEGIN");
  await holder.query("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE");
});

afterAll(async () => {
  for (const { child } of services) child.kill("SIGKILL");
  await holder.query("ROLLBACK");
  holder.release();
  await database.drop();
});

/** The statements of others that wait for the lock. */
async function waiting(): Promise<string> {
  const { rows } = await database.pool.query<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.map(({ query }) => query).join("; ");
}

test("a service and a worker whose statements are never answered are ended, some seconds past their bound", async () => {
  const [service, worker] = services as [ServiceProcess, ServiceProcess];
  const submitted = post(service.url, paper(1).text).catch((error: Error) => error);
  await expect.poll(waiting, { timeout: 20_000 }).toContain("AS documents");
  // The worker looks at the queue.
  await database.pool.query("SELECT pg_notify($1, '')", [queuedChannel]);
  await expect.poll(waiting, { timeout: 20_000 }).toContain("not_before");
  const ended = services.map(({ child }) => once(child, "close"));
  for (const { child } of services) child.kill("SIGTERM");
  expect(await Promise.all(ended)).toEqual([
    [3, null],
    [3, null],
  ]);
  await service.said("It has not stopped within 7 s, and is ended.");
  await worker.said("It has not stopped within 6 s, and is ended.");
  // Broken off, not answered: nobody was told that it is stored.
  expect(await submitted).toBeInstanceOf(Error);
});
