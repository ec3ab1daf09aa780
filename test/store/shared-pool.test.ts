import { setMaxListeners } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runWithSignal } from "../../src/store/cancellation.ts";
import { asExpensive, assignRequester } from "../../src/store/connection-shares.ts";
import { type Database, openDatabase } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

const lock = 4711;
let database: TestDatabase;
/** Five connections: one request may use two of them, expensive statements one. */
let reads: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  reads = openDatabase({
    connection: database.connection,
    maxConnections: 5,
    connectionMilliseconds: 60_000,
  });
});
afterAll(async () => {
  await reads.close();
  await database.drop();
});

/** Sends statements as one request of a client. */
function requestOf(client: string) {
  const ending = new AbortController();
  // Like the deadline of a request, to which each of its statements listens.
  setMaxListeners(0, ending.signal);
  assignRequester(ending.signal, { client });
  return {
    ending,
    query: (text: string) => runWithSignal(ending.signal, () => reads.pool.query(text)),
  };
}

/** A statement that waits until the test releases its lock. */
const blocked = `SELECT pg_advisory_xact_lock_shared(${lock})`;

async function whileLocked(work: () => Promise<void>): Promise<void> {
  const holder = await database.pool.connect();
  try {
    await holder.query(`SELECT pg_advisory_lock(${lock})`);
    await work();
  } finally {
    await holder.query(`SELECT pg_advisory_unlock(${lock})`);
    holder.release();
  }
}

async function blockedStatements(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(
    // In this database and for this lock: other tests have their own on the same server.
    `SELECT count(*)::int AS count FROM pg_locks JOIN pg_database ON pg_database.oid = database
     WHERE locktype = 'advisory' AND NOT granted AND objid = ${lock} AND datname = current_database()`,
  );
  return rows[0]?.count ?? 0;
}

/** @threat T35 */
it("answers others while 190 statements of one request do not end", async () => {
  const greedy = requestOf("a");
  const others = [requestOf("a"), requestOf("b")];
  let statements: Promise<unknown>[] = [];
  await whileLocked(async () => {
    statements = Array.from({ length: 190 }, () => greedy.query(blocked));
    for (const { query } of others) expect((await query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(await blockedStatements()).toBe(2);
    expect(reads.pool.waitingCount).toBe(188);
  });
  await Promise.all(statements);
  expect(reads.pool.waitingCount).toBe(0);
});

it("answers others while expensive statements of many requests do not end", async () => {
  let statements: Promise<unknown>[] = [];
  await whileLocked(async () => {
    statements = Array.from({ length: 50 }, () => asExpensive(() => requestOf("a").query(blocked)));
    expect((await requestOf("a").query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(await blockedStatements()).toBe(1);
  });
  await Promise.all(statements);
});

it("gives a request's connections to others when the request is aborted", async () => {
  const greedy = requestOf("a");
  await whileLocked(async () => {
    const statements = Array.from({ length: 50 }, () => greedy.query(blocked));
    const ended = Promise.allSettled(statements);
    expect((await requestOf("b").query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    greedy.ending.abort(new Error("given up"));
    for (const outcome of await ended) {
      expect(outcome).toMatchObject({ status: "rejected", reason: new Error("given up") });
    }
    expect((await requestOf("b").query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(reads.pool.waitingCount).toBe(0);
  });
});
