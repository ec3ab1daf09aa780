import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { chooseServerUser } from "../../src/embedded-postgres/server-user.ts";
import { Folders } from "./embedded-support/folders.ts";
import { Application, recordedServer, serversOf } from "./embedded-support/processes.ts";

// embedded-lifetime, embedded-killed and embedded-users have the longer tests (`npm run test:long`).

const folders = new Folders();
/** All these tests use it, one after the other. */
let dataDirectory: string;
beforeAll(async () => {
  dataDirectory = await folders.copyOf(inject("preparedData"));
});
afterAll(() => folders.removeAll());

test("a second command joins the server, and the last one to leave stops it", async () => {
  const first = new Application(dataDirectory);
  expect((await first.next("acquired")).started).toBe(true);
  const second = new Application(dataDirectory);
  expect((await second.next("acquired")).started).toBe(false);
  const server = recordedServer(dataDirectory);
  await first.release();
  expect(serversOf(dataDirectory)).toEqual([server]);
  expect(await second.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await second.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

test("the server outlives a killed command; the next one joins it, and stops it when it leaves", async () => {
  const application = new Application(dataDirectory);
  await application.next("acquired");
  await application.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number");
  application.signal("SIGKILL");
  expect(await application.exited).toEqual({ status: null, signal: "SIGKILL" });
  expect(serversOf(dataDirectory)).toHaveLength(1);
  const next = new Application(dataDirectory);
  expect((await next.next("acquired")).started).toBe(false);
  expect(await next.query("SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1000 }]);
  await next.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

test.each([
  ["is empty", ""],
  ["is garbage", "garbage\n"],
])("the server starts if its postmaster.pid %s", async (_name, content) => {
  expect(serversOf(dataDirectory)).toEqual([]);
  for (const name of ["postmaster.pid", ".s.PGSQL.5432.lock"]) {
    writeFileSync(join(dataDirectory, "cluster", name), content);
  }
  const application = new Application(dataDirectory);
  expect((await application.next("acquired")).started).toBe(true);
  expect(await application.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await application.release();
  expect(serversOf(dataDirectory)).toEqual([]);
});

test.runIf(process.platform === "linux")(
  "the server never runs as root, and its user owns the cluster",
  async () => {
    const application = new Application(dataDirectory);
    await application.next("acquired");
    const { uid } = await chooseServerUser();
    expect(uid).not.toBe(0);
    expect(statSync(`/proc/${recordedServer(dataDirectory)}`).uid).toBe(uid);
    expect(statSync(join(dataDirectory, "cluster")).uid).toBe(uid);
    await application.release();
  },
);
