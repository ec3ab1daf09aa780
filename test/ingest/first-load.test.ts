import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startServerProcess } from "../../scripts/started-server.ts";
import { registryKey } from "../../src/protocol/index.ts";
import { loadedTables, lookupIndexes } from "../../src/store/first-load.ts";
import { beginFirstLoad, claimFirstLoad, openDatabase, readFirstLoad } from "../../src/store/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { sampleEntries } from "../sample/committed-sample.ts";
import { databaseUrl } from "../server-connection.ts";
import { deliver, ingestDocuments, sampleDocuments, sampleKeyring } from "./ingest-documents.ts";
import { clearTables, readTables, type Tables, tableNames } from "./tables.ts";

const documents = sampleDocuments(60);
const batchDocuments = 20;
const firstLoadFrom = 30;

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;
let wanted: Tables;
let allIndexes: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "pith-graph-first-load-"));
  await writeFile(join(folder, "documents.ndjson"), documents.map((text) => text.trim()).join("\n"));
  await writeFile(join(folder, "keyring.json"), JSON.stringify([registryKey, ...sampleEntries]));
  env = { DATABASE_URL: databaseUrl(database.connection), PITH_GRAPH_KEYRING: join(folder, "keyring.json") };
  allIndexes = await readIndexes();
  await ingestDocuments(database, documents, { keyring: sampleKeyring });
  wanted = await readTables(database);
});

beforeEach(() => clearTables(database));

afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** The definitions of all indexes. */
async function readIndexes(): Promise<string[]> {
  const { rows } = await database.pool.query<{ indexdef: string }>(
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
  );
  return rows.map(({ indexdef }) => indexdef);
}

async function expectComplete(): Promise<void> {
  expect(await readIndexes()).toEqual(allIndexes);
  expect(await readFirstLoad(database.pool)).toBeNull();
  const tables = await readTables(database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
}

type Child = { readonly process: ChildProcess; readonly lines: AsyncIterator<string> };

/** Starts an import with a first load; it waits once it has read `stopAfter` documents. */
function startChild(stopAfter: number): Child {
  const options = {
    url: env["DATABASE_URL"],
    file: join(folder, "documents.ndjson"),
    keys: [registryKey, ...sampleEntries],
    batchDocuments,
    stopAfter,
    firstLoadFrom,
  };
  const script = fileURLToPath(new URL("kill-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

async function readUntil({ lines }: Child, wanted: string): Promise<void> {
  for (;;) {
    const line = await lines.next();
    if (line.done) throw new Error(`The child ended before it printed ${wanted}.`);
    if (line.value === wanted) return;
  }
}

async function kill({ process: child }: Child): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  // The server frees the locks of its sessions shortly after.
  for (;;) {
    const claim = await claimFirstLoad(database);
    claim?.release();
    if (claim !== null) return;
  }
}

test("leaves out exactly the indexes that are neither unique nor used by the look-ups of a batch", async () => {
  const before = await database.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid
     WHERE NOT indisunique AND indrelid::regclass::text = ANY($1)`,
    [loadedTables.map((table) => (table === "references" ? '"references"' : table))],
  );
  expect(await beginFirstLoad(database)).toBe(true);
  const recorded = (await readFirstLoad(database.pool)) ?? [];
  const dropped = new Set(recorded.map(({ name }) => name));
  const names = before.rows.map(({ name }) => name);
  expect([...dropped].sort()).toEqual(names.filter((name) => !lookupIndexes.includes(name)).sort());
  expect(names).toEqual(expect.arrayContaining([...lookupIndexes]));
  const left = allIndexes.filter((definition) => !recorded.some((index) => index.definition === definition));
  expect(await readIndexes()).toEqual(left);

  const claim = await claimFirstLoad(database);
  await claim?.finish(() => {});
  claim?.release();
  expect(await readIndexes()).toEqual(allIndexes);
});

test("begins after many documents, and not if the database has many papers already or is distributed", async () => {
  const events: string[] = [];
  const firstLoad = {
    minDocuments: firstLoadFrom,
    onBegin: () => events.push("begin"),
    onIndex: (index: string | null) => events.push(index ?? "analyze"),
  };
  const load = () =>
    ingestDocuments(database, documents, { keyring: sampleKeyring, batchDocuments, firstLoad });
  await ingestDocuments(database, documents.slice(0, firstLoadFrom - 1), {
    keyring: sampleKeyring,
    firstLoad,
  });
  expect(events).toEqual([]);
  await load();
  expect(events[0]).toBe("begin");
  expect(events).toContain("claims_words");
  expect(events.at(-1)).toBe("analyze");
  await expectComplete();

  events.length = 0;
  await clearTables(database);
  await database.pool.query("INSERT INTO totals (name, value) VALUES ('papers', 2001)");
  await load();
  expect(events).toEqual([]);

  await clearTables(database);
  await database.pool.query("INSERT INTO settings (name, value) VALUES ('distributed', 'yes')");
  await load();
  await database.pool.query("DELETE FROM settings WHERE name = 'distributed'");
  expect(events).toEqual([]);
  expect(await readIndexes()).toEqual(allIndexes);
});

test("keeps the indexes if a query keeps a table busy", async () => {
  const reader = await database.pool.connect();
  try {
    await reader.query("BEGIN; SELECT FROM claims LIMIT 1");
    expect(await beginFirstLoad(database)).toBe(false);
  } finally {
    await reader.query("ROLLBACK");
    reader.release();
  }
  expect(await readFirstLoad(database.pool)).toBeNull();
  expect(await readIndexes()).toEqual(allIndexes);
});

test("keeps the indexes if the user does not own the tables", async () => {
  const role = `writer_${randomBytes(4).toString("hex")}`;
  await database.pool.query(`CREATE ROLE ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
  const writer = openDatabase({ connection: database.connection });
  writer.pool.on("connect", (client) => void client.query(`SET ROLE ${role}`));
  try {
    expect(await beginFirstLoad(writer)).toBe(false);
  } finally {
    await writer.close();
    await database.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
  expect(await readFirstLoad(database.pool)).toBeNull();
  expect(await readIndexes()).toEqual(allIndexes);
});

test("is continued by the next import if it is killed while it imports", async () => {
  const child = startChild(60);
  await readUntil(child, "60");
  await kill(child);
  expect((await readIndexes()).length).toBeLessThan(allIndexes.length);
  const check = await runCli(["check"], { env });
  expect(check.stderr).toContain("some indexes are not built yet");
  expect(check.stderr).toContain("No differences.");
  const doctor = await runCli(["doctor", "--json"], { env });
  expect(doctor.stdout).toContain("some indexes are not built yet");

  const next = await runCli(["ingest", join(folder, "documents.ndjson")], { env });
  expect(next.stderr).toContain("First load: indexes are built at the end");
  expect(next.stderr).toContain("claims_words");
  await expectComplete();
});

test("is finished by the next start if it is killed while it builds an index", async () => {
  const holder = await database.pool.connect();
  let child: Child;
  try {
    child = startChild(60);
    await readUntil(child, "60");
    await holder.query("BEGIN; LOCK TABLE claims IN ROW EXCLUSIVE MODE");
    child.process.stdin?.write("continue\n");
    // The first index of the table.
    await readUntil(child, "claims_other_kind");
    await kill(child);
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
  expect((await readIndexes()).join()).not.toContain("claims_words");
  const server = await startServerProcess(["start", "--no-sample"], { ...process.env, ...env });
  await server.close();
  await expectComplete();
});

test("accepts documents of another writer while it runs", async () => {
  async function* withOther() {
    let nth = 0;
    for await (const document of deliver(documents.slice(0, 80))) {
      if (++nth === 70) await ingestDocuments(database, documents.slice(60), { keyring: sampleKeyring });
      yield document;
    }
  }
  let begun = 0;
  const firstLoad = { minDocuments: firstLoadFrom, onBegin: () => begun++, onIndex: () => {} };
  await ingestDocuments(database, withOther(), { keyring: sampleKeyring, batchDocuments, firstLoad });
  expect(begun).toBe(1);
  await expectComplete();
});
