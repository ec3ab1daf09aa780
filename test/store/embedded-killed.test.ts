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

async function expectWhole(dataDirectory: string): Promise<void> {
  const application = new Application(dataDirectory);
  expect((await application.next("acquired")).started).toBe(true);
  expect(await application.query(count)).toEqual([{ n: 1000 }]);
  await application.release();
  expect(serversOf(dataDirectory)).toEqual([]);
}

test("killed during initdb: the next start makes the cluster anew and removes the half one", async () => {
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

test("killed right after the server's process began: the next one waits for that server and joins it", async () => {
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

test("killed while holding the start lock, with others waiting for it: one of them goes on", async () => {
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

test("application and server killed: what was committed is there at the next start", async () => {
  const dataDirectory = await folders.data();
  const application = new Application(dataDirectory);
  await application.next("acquired");
  await application.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number");
  application.signal("SIGKILL");
  process.kill(recordedServer(dataDirectory), "SIGKILL");
  expect(await application.exited).toEqual(KILLED);
  await until(() => serversOf(dataDirectory).length === 0);
  expect(existsSync(join(dataDirectory, "cluster", "postmaster.pid"))).toBe(true);
  await expectWhole(dataDirectory);
});

test("server killed under its members: they start it again and are members of the new one", async () => {
  const dataDirectory = await withData();
  const [first, second] = [new Application(dataDirectory), new Application(dataDirectory)];
  await Promise.all([first.next("acquired"), second.next("acquired")]);
  const killed = recordedServer(dataDirectory);
  process.kill(killed, "SIGKILL");
  await until(() => serversOf(dataDirectory).some((pid) => pid !== killed));
  // Both are members again before one leaves: each says so, or the test would not tell joining from luck.
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
