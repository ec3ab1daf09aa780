import { readdirSync, readFileSync, statSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, expect, test } from "vitest";
import { acquireEmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { Folders } from "./embedded-support/folders.ts";
import { Application, serversOf } from "./embedded-support/processes.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

async function query(connection: object, text: string): Promise<unknown[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

test("starts on a new directory, and has its data when it starts again", async () => {
  const dataDirectory = await folders.data();
  const first = await acquireEmbeddedServer({ dataDirectory });
  expect(first.started).toBe(true);
  await query(first.connection, "CREATE TABLE kept AS SELECT 42 AS answer");
  await first.release();
  await first.release();
  expect(serversOf(dataDirectory)).toEqual([]);

  const second = await acquireEmbeddedServer({ dataDirectory });
  expect(second.started).toBe(true);
  expect(await query(second.connection, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  await second.release();
  expect(serversOf(dataDirectory)).toEqual([]);
  expect(readdirSync(dataDirectory).filter((name) => name.includes(".new-"))).toEqual([]);
});

test("has no TCP port, a folder with mode 0700, and fsync on", async () => {
  const dataDirectory = await folders.data();
  const server = await acquireEmbeddedServer({ dataDirectory });
  const settings =
    "('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'TimeZone')";
  expect(
    await query(
      server.connection,
      `SELECT name, setting FROM pg_settings WHERE name IN ${settings} ORDER BY 1`,
    ),
  ).toEqual([
    { name: "TimeZone", setting: "UTC" },
    { name: "fsync", setting: "on" },
    { name: "full_page_writes", setting: "on" },
    { name: "listen_addresses", setting: "" },
    { name: "server_encoding", setting: "UTF8" },
    { name: "synchronous_commit", setting: "on" },
  ]);
  expect(statSync(join(dataDirectory, "cluster")).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDirectory, "cluster", ".s.PGSQL.5432")).mode & 0o777).toBe(0o700);
  await server.release();
});

test("starts on a data directory whose path is too long for a socket", async () => {
  const dataDirectory = await folders.data("a folder's name ".repeat(6), "é".repeat(60), "data");
  const server = await acquireEmbeddedServer({ dataDirectory });
  expect(Buffer.byteLength(server.connection.host)).toBeLessThan(90);
  expect(await query(server.connection, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await server.release();
  expect(() => statSync(server.connection.host)).toThrow(/ENOENT/);
});

test("ten commands started concurrently on a new directory share one server, and keep all rows", async () => {
  const dataDirectory = await folders.data();
  const all = Array.from({ length: 10 }, () => new Application(dataDirectory));
  const acquired = await Promise.all(all.map((each) => each.next("acquired")));
  expect(acquired.filter((each) => each.started)).toHaveLength(1);
  expect(serversOf(dataDirectory)).toHaveLength(1);
  await all[0]?.query("CREATE TABLE written (by integer)");
  await Promise.all(all.map((each, index) => each.query(`INSERT INTO written VALUES (${index})`)));
  await Promise.all(all.map((each) => each.release()));
  expect(serversOf(dataDirectory)).toEqual([]);

  const server = await acquireEmbeddedServer({ dataDirectory });
  expect(await query(server.connection, "SELECT count(DISTINCT by)::int AS n FROM written")).toEqual([
    { n: 10 },
  ]);
  await server.release();
});

test("six clients that join and leave concurrently always find a server", async () => {
  const dataDirectory = await folders.data();
  let starts = 0;
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let round = 0; round < 10; round++) {
        const server = await acquireEmbeddedServer({ dataDirectory });
        if (server.started) starts++;
        expect(await query(server.connection, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
        await server.release();
      }
    }),
  );
  expect(starts).toBeGreaterThanOrEqual(1);
  expect(serversOf(dataDirectory)).toEqual([]);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s to the process group does not stop the server before the application releases it",
  async (signal) => {
    const dataDirectory = await folders.data();
    const application = new Application(dataDirectory);
    await application.next("acquired");
    application.signal(signal);
    expect(await application.next("signal")).toEqual({ event: "signal", signal, rows: [{ one: 1 }] });
    await application.next("released");
    expect(await application.exited).toEqual({ status: 0, signal: null });
    expect(serversOf(dataDirectory)).toEqual([]);
    expect(readFileSync(join(dataDirectory, "server.log"), "utf8")).toMatch(
      /database system is shut down\n$/,
    );
  },
);

test("rejects data of another major version with other-version, and says how to dump it", async () => {
  const dataDirectory = await folders.data();
  const server = await acquireEmbeddedServer({ dataDirectory });
  await server.release();
  await writeFile(join(dataDirectory, "cluster", "PG_VERSION"), "17\n");
  await expect(acquireEmbeddedServer({ dataDirectory })).rejects.toMatchObject({
    name: "EmbeddedServerError",
    code: "other-version",
    message: expect.stringMatching(/PostgreSQL 17.*PostgreSQL 18.*dump/),
  });
});

test("reports a server that does not start with start-failed and the end of its log", async () => {
  const dataDirectory = await folders.data();
  const server = await acquireEmbeddedServer({ dataDirectory });
  await server.release();
  await appendFile(join(dataDirectory, "cluster", "postgresql.conf"), "shared_buffers = lots\n");
  await expect(acquireEmbeddedServer({ dataDirectory })).rejects.toMatchObject({
    code: "start-failed",
    message: expect.stringMatching(/invalid value for parameter "shared_buffers": "lots"[\s\S]*DATABASE_URL/),
  });
});
