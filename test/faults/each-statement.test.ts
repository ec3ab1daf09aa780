import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { clearTables, readTables, type Tables, tableNames } from "../ingest/tables.ts";
import { isLong } from "../long.ts";
import type { ProxiedStatement, StatementFate } from "./fault-proxy.ts";
import { openProxied } from "./proxied-database.ts";

const documents = [...sampleDocuments(8).slice(0, 4), ...sampleDocuments(12).slice(-12)];
/** Stored before the batch, so that it changes existing papers, works and edges, and adds others. */
const stored = documents.slice(0, 9);
const inOneBatch = { keyring: sampleKeyring, batchDocuments: documents.length };

let database: TestDatabase;
let before: Tables;
let wanted: Tables;

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, stored, inOneBatch);
  before = await readTables(database);
  await ingestDocuments(database, documents, inOneBatch);
  wanted = await readTables(database);
});
beforeEach(async () => {
  await clearTables(database);
  await ingestDocuments(database, stored, inOneBatch);
});
afterAll(() => database.drop());

type Fault = StatementFate | "terminate";
/** The batch's connections in the order in which they are opened: the first one writes, the second one reads. */
type Place = { readonly connection: number; readonly nth: number };
type Run = {
  /** The error of the ingest, or null. */
  readonly error: unknown;
  /** The statement that was disturbed, or null. */
  readonly fired: string | null;
  /** Writing statements that were sent while no transaction was open on their connection. */
  readonly outside: readonly string[];
};

/** Ingests all documents in one batch, through a proxy that disturbs one connection at one of its statements. */
async function ingestDisturbed(fault: Fault, place: Place): Promise<Run> {
  const seen: ProxiedStatement["connection"][] = [];
  const pids: number[] = [];
  let fired: string | null = null;
  let isOver = false;
  /** The connections with an open transaction, and the writes on others. */
  const open = new Set<number>();
  const outside: string[] = [];
  const { database: proxied, close } = await openProxied(database, {
    maxConnections: 2,
    async onStatement({ connection, nth, text }) {
      if (!seen.includes(connection)) seen.push(connection);
      const index = seen.indexOf(connection);
      if (/^BEGIN/.test(text)) open.add(index);
      else if (/^(?:COMMIT|ROLLBACK)/.test(text)) open.delete(index);
      else if (/^\s*(?:COPY|INSERT|UPDATE|DELETE)/.test(text) && !open.has(index))
        outside.push(text.slice(0, 60));
      // Slows COPY down: its following statements are still queued when the other connection is lost.
      if (text.startsWith("COPY")) await pause(20);
      if (isOver || fired !== null || place.connection !== index || place.nth !== nth) return "pass";
      fired = text;
      if (fault !== "terminate") return fault;
      const { rows } = await database.pool.query("SELECT pg_terminate_backend($1, 10000) AS ended", [
        pids[index],
      ]);
      if (rows[0].ended !== true) throw new Error("The session was not terminated.");
      return "pass";
    },
  });
  proxied.pool.on("connect", (client) => pids.push((client as unknown as { processID: number }).processID));
  const error = await ingestDocuments(proxied, documents, inOneBatch).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  isOver = true;
  // Sent after everything that is still queued on the pool's connections.
  await Promise.allSettled([1, 2].map(() => proxied.pool.query("SELECT 1")));
  await close();
  await sessionsEnded();
  return { error, fired, outside };
}

/** Resolves once no session of the proxied connections executes anything. */
async function sessionsEnded(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid() AND state <> 'idle'`,
    );
    if (rows.length === 0) return;
  }
}

function expectTables(tables: Tables, expected: Tables, place: string): void {
  for (const name of tableNames) expect(tables[name], `${name}, ${place}`).toEqual(expected[name]);
}

const faults: readonly Fault[] = isLong ? ["terminate", "reset", "loseAnswer"] : ["terminate", "loseAnswer"];

test.each(faults)(
  "a batch is stored completely or not at all after a fault (%s) at any statement of any connection",
  async (fault) => {
    const disturbed: string[] = [];
    for (const connection of [0, 1]) {
      // How statements are grouped in messages depends on timing: they are counted until the batch has no more.
      for (let nth = 1; ; nth++) {
        await clearTables(database);
        await ingestDocuments(database, stored, inOneBatch);
        const { error, fired, outside } = await ingestDisturbed(fault, { connection, nth });
        if (fired === null) {
          expect(error).toBeNull();
          break;
        }
        disturbed.push(fired);
        const place = `connection ${connection}, statement ${nth}: ${fired.slice(0, 60)}`;
        expect(error, place).toBeInstanceOf(Error);
        expect(outside, place).toEqual([]);
        const isCommitted = fault === "loseAnswer" && fired === "COMMIT";
        expectTables(await readTables(database), isCommitted ? wanted : before, place);
        const rejected = await database.pool.query("SELECT FROM quarantine WHERE code = 'NOT_STORABLE'");
        expect(rejected.rows, place).toEqual([]);
        await ingestDocuments(database, documents, inOneBatch);
        expectTables(await readTables(database), wanted, place);
      }
    }
    for (const text of ["BEGIN", "COPY", "SELECT", "INSERT", "COMMIT"]) {
      expect(
        disturbed.some((statement) => statement.startsWith(text)),
        text,
      ).toBe(true);
    }
    expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
  },
  600_000,
);
