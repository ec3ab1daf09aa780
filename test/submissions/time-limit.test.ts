import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { defaultQueryLimits } from "../../src/api/execution/query-limits.ts";
import { createApp, startServer } from "../../src/server/index.ts";
import { createTestDatabase } from "../database.ts";
import { settings, token } from "./site.ts";

it("GET /ingest/:id answers 503 TIMEOUT if the database does not answer, and ends its statement", async () => {
  const database = await createTestDatabase();
  const app = createApp({
    database,
    submissions: settings,
    limits: { ...defaultQueryLimits, milliseconds: 300 },
    logError: () => {},
  });
  const server = await startServer({ app, port: 0, host: "127.0.0.1" });
  const requestStatus = () =>
    fetch(`${server.url}/ingest/${randomUUID()}`, { headers: { authorization: `Bearer ${token}` } });
  const waiting = async () => {
    const { rows } = await database.pool.query(
      "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()",
    );
    return rows.length;
  };
  const holder = await database.pool.connect();
  await holder.query("BEGIN; LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE");
  const response = await requestStatus();
  expect([response.status, await response.text()]).toEqual([
    503,
    expect.stringContaining('"code":"TIMEOUT"'),
  ]);
  expect(response.headers.get("retry-after")).toBe("5");
  // The statement ends as well.
  await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  await holder.query("ROLLBACK");
  holder.release();
  expect((await requestStatus()).status).toBe(404);
  await server.close();
  await database.drop();
});
