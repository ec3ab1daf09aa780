import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type KeyringEntry, registryKey } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { isLong } from "../long.ts";
import { sampleEntries } from "../sample/committed-sample.ts";
import { databaseUrl } from "../server-connection.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "./ingest-documents.ts";
import { clearTables, readTables, type Tables, tableNames } from "./tables.ts";

const documents = sampleDocuments(60);
const batchDocuments = 20;

let database: TestDatabase;
let folder: string;
let wanted: Tables;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pith-graph-kill-"));
  await writeFile(join(folder, "documents.ndjson"), documents.map((text) => text.trim()).join("\n"));
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  wanted = await readTables(database);
});

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The argument of kill-child.mjs. */
type KillChildOptions = {
  readonly url: string;
  readonly file: string;
  readonly keys: readonly KeyringEntry[];
  readonly batchDocuments: number;
  readonly stopAfter: number;
};

type Child = {
  readonly process: ChildProcess;
  /** Its lines: the number of documents committed so far. */
  readonly committed: AsyncIterator<string>;
};

async function startChild(stopAfter: number): Promise<Child> {
  const options: KillChildOptions = {
    url: databaseUrl(database.connection),
    file: join(folder, "documents.ndjson"),
    keys: [registryKey, ...sampleEntries],
    batchDocuments,
    stopAfter,
  };
  const script = fileURLToPath(new URL("kill-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { process: child, committed: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

/** Kills the process, and returns after its exit. */
async function kill({ process: child }: Child): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

async function sessionsEnded(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pith-graph'
       AND state <> 'idle' AND pid <> pg_backend_pid()`,
    );
    if (rows.length === 0) return;
  }
}

async function expectRecovery(): Promise<void> {
  await ingestDocuments(database, documents, { keyring: sampleKeyring, batchDocuments });
  const tables = await readTables(database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
}

test.each(isLong ? [1, 3] : [1])(
  "keeps all committed batches of an ingest that is killed after %i, and completes when run again",
  async (batches) => {
    await clearTables(database);
    const child = await startChild(batches * batchDocuments);
    for (let nth = 1; nth <= batches; nth++) {
      expect(await child.committed.next()).toEqual({ done: false, value: String(nth * batchDocuments) });
    }
    await kill(child);
    const tables = await readTables(database);
    expect(tables["papers"]?.length).toBe(batches * batchDocuments);
    expect(tables["citations"]?.length).toBeGreaterThan(0);
    await expectRecovery();
  },
);

test.each(isLong ? ["events", "references", "works", "changes"] : ["references"])(
  "stores nothing of a batch whose ingest is killed before it writes %s, and completes when run again",
  async (table) => {
    await clearTables(database);
    const holder = await database.pool.connect();
    let child: Child;
    let before: Tables;
    try {
      child = await startChild(batchDocuments);
      expect(await child.committed.next()).toEqual({ done: false, value: String(batchDocuments) });
      await holder.query(`BEGIN; LOCK TABLE "${table}" IN EXCLUSIVE MODE`);
      child.process.stdin?.write("continue\n");
      await waitsInTransaction(child, table);
      before = await readTables(database);
      await kill(child);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    await sessionsEnded();
    const after = await readTables(database);
    for (const name of tableNames) expect(after[name], name).toEqual(before[name]);
    expect(after["papers"]?.length).toBe(batchDocuments);
    await expectRecovery();
  },
);

/** Resolves once a session with uncommitted writes waits for the table. */
async function waitsInTransaction({ process: child }: Child, table: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The child ended with ${child.exitCode}.`);
    // Not on the lock holder's connection: pg_stat_activity does not change within a transaction.
    const { rows } = await database.pool.query(
      `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE relation = $1::regclass AND NOT granted AND backend_xid IS NOT NULL`,
      [`"${table}"`],
    );
    if (rows.length > 0) return;
  }
}
