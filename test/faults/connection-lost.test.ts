import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { IngestSummary } from "../../src/ingest/index.ts";
import { checkTables } from "../../src/maintenance/index.ts";
import { enqueue, type Fault, finishedChannel } from "../../src/submissions/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { clearTables, readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { isLong } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { paper, work } from "../submissions/site.ts";
import { holdTable, holdWriteLock, untilRows, waitingWriters } from "./waiting.ts";

const documents = sampleDocuments(40);
/** Documents that are committed before the connection is lost. */
const committed = documents.slice(0, 30);

let database: TestDatabase;
/** The tables after an undisturbed run. */
let wanted: Tables;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  wanted = await readTables(database);
});
beforeEach(async () => {
  await clearTables(database);
  await database.pool.query("TRUNCATE submissions");
});
afterAll(() => database.drop());

/** Places in a writer's transaction at which it is made to wait, and a query of the sessions that wait there. */
const places = [
  { name: "before it has written anything", hold: () => holdWriteLock(database), waiting: waitingWriters },
  ...["paper_keys", "works", "changes"].map((table) => ({
    name: `with the log written, before it writes ${table}`,
    hold: () => holdTable(database, table),
    // Only a transaction that has written something has an id.
    waiting: `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE relation = '${table}'::regclass AND NOT granted AND backend_xid IS NOT NULL`,
  })),
].filter(({ name }) => isLong || name.endsWith("works"));

/**
 * Terminates the sessions that a query finds, and returns their number. Not on the connection that they wait for:
 * pg_stat_activity does not change within a transaction.
 */
async function terminate(waiting: string): Promise<number> {
  await untilRows(database.pool, waiting);
  const { rows } = await database.pool.query<{ ended: boolean }>(
    `SELECT pg_terminate_backend(pid) AS ended FROM (${waiting}) AS waiting`,
  );
  return rows.filter(({ ended }) => ended).length;
}

test.each(places)(
  "a bulk ingest that loses its connection $name stores nothing of the batch, and completes when run again",
  async ({ hold, waiting }) => {
    await ingestDocuments(database, committed, { keyring: sampleKeyring });
    const before = await readTables(database);
    const lock = await hold();
    const inOneBatch = { keyring: sampleKeyring, batchDocuments: documents.length };
    const failing: Promise<IngestSummary> = ingestDocuments(database, documents, inOneBatch);
    failing.catch(() => {});
    const ended = await terminate(waiting).finally(lock.release);
    expect(ended).toBe(1);
    await expect(failing).rejects.toMatchObject({ code: "57P01" });
    const after = await readTables(database);
    expect(before["papers"]?.length).toBe(committed.length);
    for (const name of tableNames) expect(after[name], name).toEqual(before[name]);
    expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
    expect((await database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
    await ingestDocuments(database, documents, { keyring: sampleKeyring });
    const tables = await readTables(database);
    for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  },
);

test.each(places)(
  "a worker that loses its connection $name keeps the submissions queued, and merges them later",
  async (place) => {
    const papers = Array.from({ length: 5 }, (_, index) => paper(index));
    const submissions = papers.map(({ text }) => ({
      id: crypto.randomUUID(),
      token: "0".repeat(16),
      minimumProof: "signed" as const,
      bytes: Buffer.from(text),
    }));
    const rowsOf = async () =>
      (
        await database.pool.query(
          `SELECT status, attempts, error_code, not_before > now() AS is_later, finished_at IS NULL AS is_open
         FROM submissions`,
        )
      ).rows;
    const listener = await database.pool.connect();
    await listener.query(`LISTEN ${finishedChannel}`);
    const lock = await place.hold();
    await enqueue(database.pool, submissions);
    const faults: Fault[] = [];
    let notify = () => {};
    const hasFault = new Promise<void>((resolve) => {
      notify = resolve;
    });
    const stop = work(database, {
      onFault: (fault) => {
        faults.push(fault);
        notify();
      },
    });
    expect(await terminate(place.waiting)).toBe(1);
    await hasFault;
    const finished = once(listener, "notification");
    // The fault is written while the rows are locked: they can be read once it is committed.
    await untilRows(
      database.pool,
      "SELECT FROM submissions WHERE error_code IS NOT NULL",
      submissions.length,
    );
    expect(await rowsOf()).toEqual(
      submissions.map(() => ({
        status: "queued",
        attempts: 1,
        error_code: "57P01",
        is_later: true,
        is_open: true,
      })),
    );
    expect((await database.pool.query("SELECT FROM papers")).rows).toEqual([]);
    await lock.release();
    await finished;
    // They become due after their pause, and are processed one by one.
    while ((await database.pool.query("SELECT FROM submissions WHERE status = 'queued'")).rows.length > 0) {
      await once(listener, "notification");
    }
    listener.release(true);
    await stop();
    expect(await rowsOf()).toEqual(
      submissions.map(() =>
        expect.objectContaining({ status: "merged", attempts: 2, error_code: null, is_open: false }),
      ),
    );
    expect(faults).toEqual([expect.objectContaining({ code: "57P01", isInfrastructure: true })]);
    const tables = await readTables(database);
    expect(tables["papers"]).toHaveLength(submissions.length);
    expect((await checkTables(database, { keyring })).differences).toEqual([]);
  },
);
