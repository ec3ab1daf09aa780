import { afterAll, beforeAll, expect, it } from "vitest";
import { runWithSignal } from "../../src/store/cancellation.ts";
import { inSnapshot } from "../../src/store/transaction.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const count = { text: "SELECT count(*)::int AS count FROM settings WHERE name LIKE 'snapshot%'" };
const add = (name: string) =>
  database.pool.query("INSERT INTO settings (name, value) VALUES ($1, '')", [`snapshot ${name}`]);

it("all statements of a snapshot see the same rows", async () => {
  const counts = await inSnapshot(database.pool, async (sender) => {
    const before = await sender.query<{ count: number }>(count);
    await add("between");
    const after = await sender.query<{ count: number }>(count);
    return [before, after].map(({ rows }) => rows[0]?.count);
  });
  expect(counts).toEqual([0, 0]);
  const later = await inSnapshot(database.pool, (sender) => sender.query<{ count: number }>(count));
  expect(later.rows).toEqual([{ count: 1 }]);
});

it("a write in a snapshot fails as read-only", async () => {
  const writing = inSnapshot(database.pool, (sender) => sender.query({ text: "DELETE FROM settings" }));
  await expect(writing).rejects.toThrow(/read-only/);
});

it("the work starts again in a new snapshot if its connection is lost", async () => {
  let times = 0;
  const answer = await inSnapshot(database.pool, async (sender) => {
    times++;
    const { rows } = await sender.query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid" });
    if (times === 1) await database.pool.query("SELECT pg_terminate_backend($1, 10000)", [rows[0]?.pid]);
    return (await sender.query<{ count: number }>(count)).rows[0]?.count;
  });
  expect([times, answer]).toEqual([2, 1]);
});

it("a snapshot ends when its signal aborts, and returns its connection", async () => {
  const gone = new AbortController();
  const reason = new Error("given up");
  const reading = runWithSignal(gone.signal, () =>
    inSnapshot(database.pool, async (sender) => {
      const sleeping = sender.query({ text: "SELECT pg_sleep(60)" });
      gone.abort(reason);
      return sleeping;
    }),
  );
  await expect(reading).rejects.toBe(reason);
  expect(database.pool.idleCount).toBe(database.pool.totalCount);
});

it("a statement that fails closes its connection, which is still in a transaction", async () => {
  const { pool } = database;
  let connections = 0;
  const failing = inSnapshot(pool, (sender) => {
    connections = pool.totalCount;
    return sender.query({ text: "SELECT 1 / 0" });
  });
  await expect(failing).rejects.toThrow(/division by zero/);
  expect(pool.totalCount).toBe(connections - 1);
});
