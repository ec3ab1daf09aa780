import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Folders } from "./embedded-support/folders.ts";
import { Application, recordedServer, serversOf, until } from "./embedded-support/processes.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

const KILLED = { status: null, signal: "SIGKILL" };
const count = "SELECT count(*)::int AS n FROM kept";

async function withData(): Promise<string> {
  const dataDirectory = await folders.data();
  const application = new Application(dataDirectory);
  await application.next("acquired");
  await application.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number");
  await application.release();
  return dataDirectory;
}

async function expectComplete(dataDirectory: string): Promise<void> {
  const application = new Application(dataDirectory);
  expect((await application.next("acquired")).started).toBe(true);
  expect(await application.query(count)).toEqual([{ n: 1000 }]);
  await application.release();
  expect(serversOf(dataDirectory)).toEqual([]);
}

test("creates the cluster again, and removes the unfinished one, after a kill during initdb", async () => {
  const dataDirectory = await folders.data();
  const application = new Application(dataDirectory);
  await application.next("log");
  const unfinished = () => readdirSync(dataDirectory).find((name) => name.startsWith("cluster.new-"));
  await until(() => {
    const name = unfinished();
    return name !== undefined && existsSync(join(dataDirectory, name, "PG_VERSION"));
  });
  application.signal("SIGKILL");
  expect(await application.exited).toEqual(KILLED);
  expect(unfinished()).toBeDefined();
  expect(existsSync(join(dataDirectory, "cluster"))).toBe(false);

  const next = new Application(dataDirectory);
  expect((await next.next("acquired")).started).toBe(true);
  expect(await next.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await next.release();
  expect(unfinished()).toBeUndefined();
});

test("waits for a server whose starter was killed right after starting it, and joins it", async () => {
  const dataDirectory = await withData();
  const application = new Application(dataDirectory, { fault: ["starting PostgreSQL", "SIGKILL"] });
  expect(await application.exited).toEqual(KILLED);
  const next = new Application(dataDirectory);
  await next.next("acquired");
  expect(serversOf(dataDirectory)).toHaveLength(1);
  expect(await next.query(count)).toEqual([{ n: 1000 }]);
  await next.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

test("starts the server in one of the waiting processes after the holder of the start lock is killed", async () => {
  const dataDirectory = await folders.data();
  const holder = new Application(dataDirectory, { fault: ["creating a PostgreSQL cluster", "SIGSTOP"] });
  await holder.next("log");
  const waiting = [new Application(dataDirectory), new Application(dataDirectory)];
  for (const each of waiting) expect((await each.next("log")).line).toMatch(/^waiting for another process/);
  await holder.kill();
  const acquired = await Promise.all(waiting.map((each) => each.next("acquired")));
  expect(acquired.filter((each) => each.started)).toHaveLength(1);
  await Promise.all(waiting.map((each) => each.release()));
  expect(serversOf(dataDirectory)).toEqual([]);
});

test("has all committed rows at the next start after application and server are killed", async () => {
  const dataDirectory = await folders.data();
  const application = new Application(dataDirectory);
  await application.next("acquired");
  await application.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number");
  application.signal("SIGKILL");
  process.kill(recordedServer(dataDirectory), "SIGKILL");
  expect(await application.exited).toEqual(KILLED);
  await until(() => serversOf(dataDirectory).length === 0);
  expect(existsSync(join(dataDirectory, "cluster", "postmaster.pid"))).toBe(true);
  await expectComplete(dataDirectory);
});

test("restarts a killed server from the processes that use it, and both join the new one", async () => {
  const dataDirectory = await withData();
  const [first, second] = [new Application(dataDirectory), new Application(dataDirectory)];
  await Promise.all([first.next("acquired"), second.next("acquired")]);
  const killed = recordedServer(dataDirectory);
  process.kill(killed, "SIGKILL");
  await until(() => serversOf(dataDirectory).some((pid) => pid !== killed));
  // Waits until both have logged that they joined: a query could succeed by luck.
  await Promise.all([rejoined(first), rejoined(second)]);
  await first.release();
  expect(await second.query(count)).toEqual([{ n: 1000 }]);
  await second.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

async function rejoined(application: Application): Promise<void> {
  for (;;) {
    if ((await application.next("log")).line === "reconnected to the embedded PostgreSQL server") return;
  }
}
