import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import { isServerFault } from "../../src/store/server-fault.ts";
import { enqueue, runWorker } from "../../src/submissions/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";
import { clearTables, readTables, tableNames } from "../ingest/tables.ts";
import { isLong } from "../long.ts";
import { follow, ingestTexts, papers, serveMirror, statesOf } from "../mirror/mirrors.ts";
import { keyring } from "../protocol/signed-events.ts";
import { paper } from "../submissions/site.ts";
import type { StatementFate } from "./fault-proxy.ts";
import { openProxied, type ProxiedDatabase } from "./proxied-database.ts";

/** Decides the resets of this run; PITH_SEED repeats those of another. */
const seed = Number(process.env["PITH_SEED"] ?? Date.now() % 2 ** 31);
/** The number of connections that are reset in each test. */
const resets = isLong ? 60 : 8;

let database: TestDatabase;
let proxied: ProxiedDatabase;
/** The number of connections that were reset, and its maximum. */
let fired: number;
let maxFired: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await clearTables(database);
  await database.pool.query("TRUNCATE submissions, followed_mirrors");
  const random = randomFrom(seed);
  fired = 0;
  maxFired = resets;
  let next = 2 + random.below(8);
  proxied = await openProxied(database, {
    onStatement(): StatementFate {
      if (fired >= maxFired || --next > 0) return "pass";
      next = 2 + random.below(40);
      fired++;
      return random.below(2) === 0 ? "reset" : "loseAnswer";
    },
  });
});
afterEach(() => proxied.close());
afterAll(() => database.drop());

/** Repeats work that fails because of a lost connection until it succeeds. */
async function repeated<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isServerFault(error)) throw error;
    }
  }
}

test(`all acknowledged submissions are merged although connections are reset (seed ${seed})`, async () => {
  const controller = new AbortController();
  const workers = [1, 2].map(() => runWorker(proxied.database, { keyring, signal: controller.signal }));
  const acknowledged: string[] = [];
  let failed = 0;
  // Until all resets have happened.
  for (let nth = 0; nth < 40 || fired < resets; nth++) {
    const id = crypto.randomUUID();
    const bytes = Buffer.from(paper(nth).text);
    await enqueue(proxied.database.pool, [{ id, token: "0".repeat(16), minimumProof: "signed", bytes }]).then(
      () => acknowledged.push(id),
      () => failed++,
    );
    await database.pool.query(
      "UPDATE submissions SET not_before = now() WHERE status = 'queued' AND not_before > now()",
    );
    await pause(10);
  }
  for (;;) {
    const { rowCount } = await database.pool.query(
      "UPDATE submissions SET not_before = least(not_before, now()) WHERE status = 'queued'",
    );
    if (rowCount === 0) break;
    await pause(100);
  }
  controller.abort();
  await Promise.all(workers);
  expect(fired).toBe(resets);
  const { rows } = await database.pool.query(
    "SELECT status, count(*)::int AS count FROM submissions GROUP BY status",
  );
  // A submission that was stored but whose answer was lost is merged, too.
  expect(rows).toEqual([{ status: "merged", count: expect.any(Number) }]);
  const merged = await database.pool.query(
    "SELECT FROM submissions JOIN papers USING (pith_number) WHERE submission_id = ANY($1) AND status = 'merged'",
    [acknowledged],
  );
  expect(merged.rowCount).toBe(acknowledged.length);
  expect((await database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
  expect(acknowledged.length + failed).toBeGreaterThanOrEqual(40);
});

test(`an ingest and a rebuild that are repeated after resets result in the same tables (seed ${seed})`, async () => {
  const documents = sampleDocuments(30);
  const options = { keyring: sampleKeyring, batchDocuments: 7 };
  await ingestDocuments(database, documents, options);
  const wanted = await readTables(database);
  maxFired = resets / 2;
  while (fired < maxFired) {
    await clearTables(database);
    await repeated(() => ingestDocuments(proxied.database, documents, options));
  }
  maxFired = resets;
  while (fired < maxFired) await repeated(() => rebuildTables(proxied.database, { keyring: sampleKeyring }));
  const tables = await readTables(database);
  for (const name of tableNames) expect(tables[name], name).toEqual(wanted[name]);
  expect((await checkTables(database, { keyring: sampleKeyring })).differences).toEqual([]);
});

test(`a sync that is repeated after resets imports every paper (seed ${seed})`, async () => {
  const source = await createTestDatabase();
  await ingestTexts(
    source,
    papers(60).map(({ text }) => text),
  );
  const mirror = await serveMirror(source);
  while (fired < resets) {
    await clearTables(database);
    await repeated(() => follow(proxied.database, mirror.url));
    await database.pool.query("TRUNCATE followed_mirrors");
  }
  await follow(database, mirror.url);
  expect(await statesOf(database)).toEqual(await statesOf(source));
  expect((await database.pool.query("SELECT FROM quarantine")).rows).toEqual([]);
  expect((await checkTables(database, { keyring })).differences).toEqual([]);
  await mirror.close();
  await source.drop();
});
