import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { registryKey } from "../../src/protocol/index.ts";
import { createReadinessCheck } from "../../src/server/health.ts";
import { beginWriteTransaction, inTransaction } from "../../src/store/transaction.ts";
import { readWriteLockWait, waitForWriteLock, writeLock } from "../../src/store/write-lock.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { clearTables, readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { sampleEntries } from "../sample/committed-sample.ts";
import { databaseUrl } from "../server-connection.ts";
import { holdTable, holdWriteLock, untilRows, waitingWriters } from "./waiting.ts";

const documents = sampleDocuments(6).slice(-12);
/** The product's limits with shorter times. */
const limits = { checkMilliseconds: 50, stoppedMilliseconds: 400 };

let database: TestDatabase;
let folder: string;
let wanted: Tables;
let child: Ingest | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pith-graph-stopped-"));
  await writeFile(join(folder, "documents.ndjson"), documents.map((text) => text.trim()).join("\n"));
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  wanted = await readTables(database);
});
beforeEach(() => clearTables(database));
afterEach(() => void child?.process.kill("SIGKILL"));
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Takes the write lock like a writer, and releases it. */
function lockOnce(): Promise<void> {
  return inTransaction(database.pool, beginWriteTransaction, async (writer) => {
    await waitForWriteLock(
      database.pool,
      () => writer.query("SELECT pg_advisory_xact_lock($1)", [writeLock]),
      limits,
    );
  });
}

type Ingest = { readonly process: ChildProcess; readonly stderr: () => string };

function startIngest(): Ingest {
  const options = {
    url: databaseUrl(database.connection),
    file: join(folder, "documents.ndjson"),
    keys: [registryKey, ...sampleEntries],
    batchDocuments: documents.length,
    stopAfter: -1,
  };
  const script = fileURLToPath(new URL("../ingest/kill-child.mjs", import.meta.url));
  const ingest = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let stderr = "";
  ingest.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return { process: ingest, stderr: () => stderr };
}

test("a process that is stopped while it has the write lock loses its session, so that others can write, and fails when it continues", async () => {
  const table = await holdTable(database, "works");
  child = startIngest();
  await untilRows(
    database.pool,
    `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE relation = 'works'::regclass AND NOT granted AND backend_xid IS NOT NULL`,
  );
  child.process.kill("SIGSTOP");
  await table.release();
  await untilRows(
    database.pool,
    `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND objid = ${writeLock} AND granted AND wait_event_type = 'Client'
       AND datname = current_database()`,
  );
  await lockOnce();
  // The stopped writer's transaction was rolled back.
  expect(Object.values(await readTables(database)).flat()).toEqual([]);
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  // "close" comes after its output.
  const exited = once(child.process, "close");
  child.process.kill("SIGCONT");
  expect((await exited)[0]).toBe(1);
  expect(child.stderr()).toMatch(/57P01|Connection terminated|not queryable|EPIPE|ECONNRESET/);
  const tables = await readTables(database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
});

test("a writer that stops in the middle of a COPY loses its session", async () => {
  const { connection } = database;
  const holder = new pg.Client(
    typeof connection === "string" ? { connectionString: connection } : connection,
  );
  await holder.connect();
  const lost = once(holder, "error");
  await holder.query(`BEGIN; SELECT pg_advisory_xact_lock(${writeLock})`);
  const copy = holder.query(copyFrom("COPY claims FROM STDIN"));
  copy.on("error", () => {});
  copy.write("1\t");
  await untilRows(database.pool, "SELECT FROM pg_stat_progress_copy WHERE relid = 'claims'::regclass");
  await lockOnce();
  expect((await lost)[0]).toBeInstanceOf(Error);
});

test("a writer that executes statements keeps the write lock beyond the limit for stopped ones", async () => {
  const holder = await database.pool.connect();
  await holder.query(`BEGIN; SELECT pg_advisory_xact_lock(${writeLock})`);
  let isDone = false;
  // Several times the limit for stopped writers.
  const working = holder.query("SELECT pg_sleep(2)").then(() => {
    isDone = true;
    return holder.query("COMMIT");
  });
  await lockOnce();
  expect(isDone).toBe(true);
  await working;
  holder.release();
});

test("a writer's transaction has an idle_in_transaction_session_timeout of 1 min", async () => {
  const shown = await inTransaction(database.pool, beginWriteTransaction, (writer) =>
    writer.query("SHOW idle_in_transaction_session_timeout"),
  );
  expect(shown.rows).toEqual([{ idle_in_transaction_session_timeout: "1min" }]);
});

test("/ready and readWriteLockWait report the session with the write lock while others wait for it", async () => {
  expect(await readWriteLockWait(database)).toBeNull();
  const readiness = createReadinessCheck({ database, isStopping: () => false, longWait: 0 });
  expect(await readiness()).toMatchObject({ isReady: true, parts: { writing: "free" } });
  const lock = await holdWriteLock(database);
  const { rows } = await lock.holder.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  // Locked, but no session waits: nothing to report.
  expect(await readWriteLockWait(database)).toBeNull();
  const writing = ingestDocuments(database, documents, { keyring: sampleKeyring });
  await untilRows(database.pool, waitingWriters);
  const wait = {
    pid: rows[0]?.pid,
    application: "pith-graph",
    heldSeconds: expect.any(Number),
    waiting: 1,
    waitedSeconds: expect.any(Number),
  };
  expect(await readWriteLockWait(database)).toEqual(wait);
  const later = createReadinessCheck({ database, isStopping: () => false, longWait: 0 });
  // All servers use the same database: this one is still ready.
  expect(await later()).toMatchObject({ isReady: true, parts: { writing: wait } });
  await lock.release();
  await writing;
  expect(await readWriteLockWait(database)).toBeNull();
});

test("readiness is false while a lost listening connection is not replaced", async () => {
  const ready = (isListening: boolean | null) =>
    createReadinessCheck({ database, isStopping: () => false, isListening: () => isListening })();
  expect(await ready(null)).toMatchObject({ isReady: true });
  expect(await ready(true)).toMatchObject({ isReady: true, parts: { notices: "arrive" } });
  expect(await ready(false)).toMatchObject({ isReady: false, parts: { notices: "reconnecting" } });
});
