import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type IngestThreads, ingest, type SourceDocument } from "../../src/ingest/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { clearTables } from "../ingest/tables.ts";
import { longTest } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { paper } from "../submissions/site.ts";
import { holdWriteLock, untilRows, waitingWriters } from "./waiting.ts";

// Compiled: Node.js' threads do not run TypeScript.
const compiled = new URL("../../dist/ingest/ingest-threads.js", import.meta.url).href;
const { createIngestThreads } = (await import(
  compiled
)) as typeof import("../../src/ingest/ingest-threads.ts");

const policy = { keyring, minimumProof: "hash" as const, maximumBytes: 1e6 };

let database: TestDatabase;
let threads: IngestThreads;
/** The threads that were started, from Node.js' `worker` event. */
let started: Worker[];
const onWorker = (worker: Worker) => started.push(worker);

beforeAll(async () => {
  database = await createTestDatabase();
  process.on("worker", onWorker);
});
afterAll(async () => {
  process.off("worker", onWorker);
  await database.drop();
});
beforeEach(async () => {
  started = [];
  threads = createIngestThreads(database, policy, 2);
  await clearTables(database);
});
afterEach(() => threads.close());

/** Documents of papers from a number on. */
function batchOf(from: number, count = 3): SourceDocument[] {
  return Array.from({ length: count }, (_, index) => ({
    source: `paper ${from + index}`,
    bytes: Buffer.from(paper(from + index).text),
  }));
}

async function storedPapers(): Promise<number> {
  return (await database.pool.query("SELECT FROM papers")).rows.length;
}

/** Starts `count` batches, and returns once as many threads wait for the write lock in a transaction. */
async function startBatches(holder: pg.PoolClient, count: number) {
  const batches = Array.from({ length: count }, (_, index) => threads.ingestBatch(batchOf(10 * index)));
  // A batch may fail before the test awaits it.
  for (const batch of batches) batch.catch(() => {});
  await untilRows(holder, waitingWriters, count);
  return batches;
}

longTest("results are in the order of their documents, with more batches than threads", async () => {
  const unreadable: SourceDocument = { source: "gone", code: "UNREADABLE", unreadable: "It cannot be read." };
  const batches = Array.from({ length: 7 }, (_, index) => [
    ...batchOf(10 * index, 2),
    { source: `no JSON ${index}`, bytes: Buffer.from("{") },
    unreadable,
    ...batchOf(10 * index + 2, 2),
  ]);
  const results = await Promise.all(batches.map((batch) => threads.ingestBatch(batch)));
  expect(results.map((result) => result.map(({ source }) => source))).toEqual(
    batches.map((batch) => batch.map(({ source }) => source)),
  );
  for (const result of results) {
    expect(result.map(({ status }) => status)).toEqual([
      "merged",
      "merged",
      "rejected",
      "rejected",
      "merged",
      "merged",
    ]);
  }
  expect(started).toHaveLength(2);
  expect(await storedPapers()).toBe(28);
});

longTest("the caller's documents stay usable: the same batch can be ingested again", async () => {
  const batch = batchOf(0);
  expect((await threads.ingestBatch(batch)).map(({ status }) => status)).toEqual([
    "merged",
    "merged",
    "merged",
  ]);
  expect((await threads.ingestBatch(batch)).map(({ status }) => status)).toEqual([
    "unchanged",
    "unchanged",
    "unchanged",
  ]);
});

test("a database error rejects the batch with its SQLSTATE, stores nothing, and leaves the thread usable", async () => {
  await database.pool.query(`
    CREATE FUNCTION break_log() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'broken on purpose' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER break_log BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION break_log()`);
  await expect(threads.ingestBatch(batchOf(0))).rejects.toMatchObject({
    code: "53100",
    message: "broken on purpose",
  });
  expect(await storedPapers()).toBe(0);
  expect((await database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
  await database.pool.query("DROP FUNCTION break_log CASCADE");
  await threads.ingestBatch(batchOf(0));
  expect(await storedPapers()).toBe(3);
  expect(started).toHaveLength(1);
});

test("a thread that dies fails only its own batch, and is replaced", async () => {
  const lock = await holdWriteLock(database);
  const [dying, other] = await startBatches(lock.holder, 2);
  const code = await started[0]?.terminate();
  expect(code).toBe(1);
  await expect(dying).rejects.toThrow("An ingest thread ended unexpectedly.");
  // More batches than remaining threads: a new thread gets them, never the dead one.
  const later = [100, 110, 120, 130].map((from) => threads.ingestBatch(batchOf(from)));
  await lock.release();
  expect(await other).toHaveLength(3);
  for (const results of await Promise.all(later)) {
    expect(results.map(({ status }) => status)).toEqual(["merged", "merged", "merged"]);
  }
  expect(started).toHaveLength(3);
  expect(await storedPapers()).toBe(15);
});

longTest("a thread that dies while it is idle is replaced for the next batch", async () => {
  await threads.ingestBatch(batchOf(0));
  await started[0]?.terminate();
  expect(await threads.ingestBatch(batchOf(10))).toHaveLength(3);
  expect(started).toHaveLength(2);
});

longTest("an exception in a thread rejects the batch, also of the thread's replacement", async () => {
  const [entry] = keyring;
  if (entry === undefined) throw new Error("The keyring is empty.");
  const [name, key] = entry;
  const broken = new Map([[name, { ...key, publicKeyBase64: "no key" }]]);
  const doomed = createIngestThreads(database, { ...policy, keyring: broken }, 1);
  await expect(doomed.ingestBatch(batchOf(0))).rejects.toMatchObject({ name: "KeyringError" });
  // And again in a new thread, instead of waiting forever.
  await expect(doomed.ingestBatch(batchOf(0))).rejects.toMatchObject({ name: "KeyringError" });
  await doomed.close();
});

test("an ingest whose thread dies rejects although other batches run or wait, and completes when run again", async () => {
  const lock = await holdWriteLock(database);
  const ending = ingest(
    database,
    (async function* () {
      yield* batchOf(0, 30);
    })(),
    { ...policy, threads, batchDocuments: 3 },
  );
  ending.catch(() => {});
  await untilRows(lock.holder, waitingWriters, 2);
  await started[0]?.terminate();
  await lock.release();
  await expect(ending).rejects.toThrow("An ingest thread ended unexpectedly.");
  expect(await storedPapers()).toBeLessThan(30);
  // The dead thread's batch was not stored.
  await ingest(
    database,
    (async function* () {
      yield* batchOf(0, 30);
    })(),
    { ...policy, threads, batchDocuments: 3 },
  );
  expect(await storedPapers()).toBe(30);
});

longTest("close waits for running batches, and ends all threads", async () => {
  const lock = await holdWriteLock(database);
  const batches = await startBatches(lock.holder, 2);
  const order: string[] = [];
  const ends = batches.map((batch) => batch.then((results) => order.push(`${results.length} ingested`)));
  const exits = started.map((worker) => once(worker, "exit"));
  const closing = threads.close().then(() => order.push("closed"));
  await lock.release();
  await Promise.all([...ends, closing]);
  expect(order).toEqual(["3 ingested", "3 ingested", "closed"]);
  expect(await Promise.all(exits)).toEqual([[0], [0]]);
  expect(await storedPapers()).toBe(6);
});
