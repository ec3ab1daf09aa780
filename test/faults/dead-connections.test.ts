import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import { guardedClients, isActive } from "../../src/store/guarded-client.ts";
import { listen } from "../../src/store/listen.ts";

import { enqueue, runWorker } from "../../src/submissions/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { clearTables } from "../ingest/tables.ts";
import { keyring } from "../protocol/signed-events.ts";
import { paper } from "../submissions/site.ts";
import type { FaultProxyOptions } from "./fault-proxy.ts";
import { openProxied, type ProxiedDatabase } from "./proxied-database.ts";
import { untilRows } from "./waiting.ts";

/** The product's guard with shorter times. */
const guard = { connectMilliseconds: 1_000, silenceMilliseconds: 500 };

let database: TestDatabase;
let proxied: ProxiedDatabase | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await clearTables(database);
  await database.pool.query("TRUNCATE submissions");
});
afterEach(async () => {
  await proxied?.close();
  proxied = undefined;
});
afterAll(() => database.drop());

async function open(onStatement?: NonNullable<FaultProxyOptions["onStatement"]>): Promise<ProxiedDatabase> {
  const opened = await openProxied(database, { guard, ...(onStatement && { onStatement }) });
  proxied = opened;
  return opened;
}

/** Drops all bytes of the connection that sends the first statement of this kind, from that statement on. */
function blackHoleAt(pattern: RegExp): {
  onStatement: NonNullable<FaultProxyOptions["onStatement"]>;
  fired: () => boolean;
} {
  let hasFired = false;
  return {
    onStatement: ({ text }) => {
      if (hasFired || !pattern.test(text)) return "pass";
      hasFired = true;
      return "blackHole";
    },
    fired: () => hasFired,
  };
}

describe("a listening connection", () => {
  test("that is dropped silently is replaced, and later notifications arrive", async () => {
    const { database: through, proxy } = await open();
    let begun = 0;
    let notifications = 0;
    let wake = () => {};
    const event = () => wake();
    const until = async (isTrue: () => boolean) => {
      while (!isTrue()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const listening = listen(through.pool, {
      channel: "test_channel",
      heartbeat: { interval: 100, timeout: 400 },
      onListening: () => {
        begun++;
        event();
      },
      onNotice: () => {
        notifications++;
        event();
      },
    });
    await until(() => begun === 1);
    expect(listening.isListening()).toBe(true);
    expect(proxy.blackHole({ alsoNew: true })).toBe(1);
    await database.pool.query("NOTIFY test_channel");
    // New connections are dropped, too: isListening becomes false.
    while (listening.isListening()) await pause(10);
    expect(notifications).toBe(0);
    proxy.accept();
    await until(() => begun === 2);
    expect(listening.isListening()).toBe(true);
    await database.pool.query("NOTIFY test_channel");
    await until(() => notifications === 1);
    await listening.close();
  });

  test("that is idle is not replaced while it answers heartbeats", async () => {
    const { database: through } = await open();
    let begun = 0;
    const listening = listen(through.pool, {
      channel: "test_channel",
      heartbeat: { interval: 20, timeout: 10_000 },
      onListening: () => {
        begun++;
      },
      onNotice: () => {},
    });
    await untilRows(
      database.pool,
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1' AND state = 'idle'`,
    );
    expect(begun).toBe(1);
    expect(listening.isListening()).toBe(true);
    await listening.close();
  });
});

describe("a statement on a connection whose bytes are dropped", () => {
  test("rejects with ETIMEDOUT if the server cannot be reached", async () => {
    const { database: through, proxy } = await open();
    await through.pool.query("SELECT 1");
    expect(proxy.blackHole()).toBe(1);
    await expect(through.pool.query("SELECT 1")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await expect(through.pool.query("SELECT 1")).rejects.toThrow("timeout expired");
    expect(proxy.accept()).toBeGreaterThan(0);
    expect((await through.pool.query("SELECT 1")).rows).toHaveLength(1);
  }, 60_000);

  test("rejects with ETIMEDOUT if the server has not received it", async () => {
    const fault = blackHoleAt(/^SELECT 'dropped'/);
    const { database: through } = await open(fault.onStatement);
    await expect(through.pool.query("SELECT 'dropped'")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(fault.fired()).toBe(true);
    expect((await through.pool.query("SELECT 1")).rows).toHaveLength(1);
  });

  test("is waited for as long as the server executes it", async () => {
    const { database: through } = await open();
    // Several times the silence after which the server is queried.
    const { rows } = await through.pool.query("SELECT 1 AS done FROM pg_sleep(3)");
    expect(rows).toEqual([{ done: 1 }]);
  });

  const session = { state: "active", wait_type: null, wait: null };
  const idle = { isSending: false, isReading: true };
  test.each([
    ["is waited for while its session computes", session, idle, true],
    [
      "is waited for while its session waits for a lock",
      { ...session, wait_type: "Lock", wait: "advisory" },
      idle,
      true,
    ],
    [
      "is waited for while its session waits for rows that are being sent",
      { ...session, wait_type: "Client", wait: "ClientRead" },
      { ...idle, isSending: true },
      true,
    ],
    [
      "is not waited for if its session waits for rows that were sent",
      { ...session, wait_type: "Client", wait: "ClientRead" },
      idle,
      false,
    ],
    [
      "is waited for while its session sends to a client that does not read",
      { ...session, wait_type: "Client", wait: "ClientWrite" },
      { ...idle, isReading: false },
      true,
    ],
    [
      "is not waited for if its session sends to a client that reads, but receives nothing",
      { ...session, wait_type: "Client", wait: "ClientWrite" },
      idle,
      false,
    ],
    ["is not waited for if its session has answered", { ...session, state: "idle" }, idle, false],
    [
      "is not waited for if its session has answered in a transaction",
      { ...session, state: "idle in transaction" },
      idle,
      false,
    ],
    ["is waited for if its session is not tracked", { ...session, state: "disabled" }, idle, true],
  ] as const)("%s", (_name, state, own, expected) => {
    expect(isActive(state, own)).toBe(expected);
  });
});

test("guarded clients get the password of their pool", async () => {
  // node-postgres makes it non-enumerable, so that copies of the settings lack it.
  const pool = new pg.Pool({ password: "secret", host: "127.0.0.1", Client: guardedClients() });
  expect(new pg.Client(pool.options).password).toBe("secret");
  const Client = guardedClients();
  const client = new Client(pool.options);
  expect(client.password).toBe("secret");
  await client.end();
  await pool.end();
});

describe("a dropped connection", () => {
  const documents = sampleDocuments(6).slice(-8);

  test.each([/^SELECT pg_advisory_xact_lock/, /^COPY/, /^COMMIT/])(
    "ends an ingest with ETIMEDOUT at %s, which completes when run again",
    async (pattern) => {
      const fault = blackHoleAt(pattern);
      const { database: through } = await open(fault.onStatement);
      await expect(ingestDocuments(through, documents, { keyring: sampleKeyring })).rejects.toMatchObject({
        code: "ETIMEDOUT",
      });
      expect(fault.fired()).toBe(true);
      await ingestDocuments(through, documents, { keyring: sampleKeyring });
      expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
    },
  );

  test.each([/pith_graph_shadow/, /^DELETE FROM public/])(
    "ends a rebuild with ETIMEDOUT at %s, and the tables are unchanged",
    async (pattern) => {
      await ingestDocuments(database, documents, { keyring: sampleKeyring });
      const fault = blackHoleAt(pattern);
      const { database: through } = await open(fault.onStatement);
      await expect(rebuildTables(through, { keyring: sampleKeyring })).rejects.toMatchObject({
        code: "ETIMEDOUT",
      });
      expect(fault.fired()).toBe(true);
      expect(await rebuildTables(database, { keyring: sampleKeyring })).toMatchObject({
        removed: 0,
        written: 0,
      });
      expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
    },
  );

  test.each([/FOR UPDATE SKIP LOCKED/, /^UPDATE submissions SET status/, /^COPY/])(
    "does not keep a worker from merging the submission when dropped at %s",
    async (pattern) => {
      const fault = blackHoleAt(pattern);
      const { database: through } = await open(fault.onStatement);
      const controller = new AbortController();
      const working = runWorker(through, { keyring, signal: controller.signal });
      await enqueue(database.pool, [
        {
          id: crypto.randomUUID(),
          token: "0".repeat(16),
          minimumProof: "signed",
          bytes: Buffer.from(paper(1).text),
        },
      ]);
      await untilRows(database.pool, "SELECT FROM submissions WHERE status = 'merged'");
      expect(fault.fired()).toBe(true);
      controller.abort();
      await working;
      expect((await checkTables(database, { keyring })).differences).toEqual([]);
    },
  );
});
