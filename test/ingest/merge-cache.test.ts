import { afterEach, beforeEach, expect, test } from "vitest";
import { MergeCache } from "../../src/ingest/stored/stored-logs.ts";
import { checkTables, rebuildTables } from "../../src/maintenance/index.ts";
import {
  canonicalJson,
  createKeyring,
  type JsonObject,
  type Keyring,
  PaperMerge,
  type Proof,
} from "../../src/protocol/index.ts";
import { paperIdOf } from "../../src/row-rules/index.ts";
import { type Database, mergeLog, openDatabase, readLogs } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import {
  bundleOf,
  keyring,
  keys,
  pithNumber,
  receiptOf,
  recordPayload,
  registry,
  signedEvent,
  snapshotPayload,
  unsignedEvent,
} from "../protocol/signed-events.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { recordStatements } from "./recorded-statements.ts";

/** More events than a paper needs for its merge to be cached. */
const count = 230;

let database: TestDatabase;
/** Shares no memory with `database`, like another process. */
let other: Database;

beforeEach(async () => {
  database = await createTestDatabase();
  other = openDatabase({ connection: database.connection });
});

afterEach(async () => {
  await other.close();
  await database.drop();
});

let nonce = 0;

function correction(
  second: number,
  links: { prev_event?: string; supersedes?: string[] } = {},
  sign = signedEvent,
) {
  return sign(registry, {
    event_type: "correction",
    created_at: new Date(Date.UTC(2026, 5, 11) + second * 1_000).toISOString(),
    payload: { nonce: nonce++ },
    ...links,
  });
}

const base: JsonObject[] = [
  signedEvent(registry, { event_type: "record_created", payload: recordPayload(receiptOf(registry)) }),
  signedEvent(registry, {
    event_type: "graph_snapshot",
    payload: snapshotPayload([], [], { title: "Many" }),
  }),
  ...Array.from({ length: count }, (_, nth) => correction(nth)),
];

async function add(
  to: Database,
  events: JsonObject[],
  options: { keyring?: Keyring; minimumProof?: Proof } = {},
): Promise<void> {
  const summary = await ingestDocuments(to, [canonicalJson(bundleOf(events))], {
    minimumProof: "signed",
    ...options,
  });
  expect(summary).toMatchObject({ merged: 1 });
}

/** Expects the stored state to equal the merge of the complete log, and what a rebuild would store. */
async function expectRight(under: Keyring = keyring): Promise<void> {
  const paperId = paperIdOf(pithNumber);
  const state = mergeLog(pithNumber, (await readLogs(database.db, [paperId])).get(paperId));
  const { rows } = await database.pool.query(
    `SELECT encode(r.state_sha256, 'hex') AS record, encode(p.state_sha256, 'hex') AS paper, p.event_count::int AS events
     FROM records r JOIN papers p USING (paper_id)`,
  );
  expect(rows).toEqual([{ record: state.sha256, paper: state.sha256, events: state.events.size }]);
  const { counts, differences } = await checkTables(database, { keyring: under });
  expect([[...counts], differences]).toEqual([[], []]);
}

/** Whether adding an event through a pool reads the texts of the stored events. */
async function readsTheLog(pool: Database, event: JsonObject): Promise<boolean> {
  const statements = recordStatements(pool.pool);
  await add(pool, [event]);
  return statements.some(({ text }) => text.includes("string_agg") && text.includes("body"));
}

test("reads the stored events only for the first event that a process adds to a large paper, or after another process added one", async () => {
  await add(database, base);
  expect(await readsTheLog(database, correction(count))).toBe(true);
  expect(await readsTheLog(database, correction(count + 1))).toBe(false);
  expect(await readsTheLog(other, correction(count + 2))).toBe(true);
  expect(await readsTheLog(database, correction(count + 3))).toBe(true);
  expect(await readsTheLog(database, correction(count + 4))).toBe(false);
  await expectRight();
});

test("merges events that two processes add alternately", async () => {
  await add(database, base);
  const ids = base.map((event) => event["event_id"] as string);
  await add(other, [correction(5)]);
  await add(database, [correction(count, { prev_event: ids[10] as string })]);
  await add(other, [correction(count, { prev_event: ids[10] as string })]);
  await add(other, [correction(count, { supersedes: [ids[20] as string] })]);
  await add(database, [correction(count, { supersedes: [ids[20] as string, ids[21] as string] })]);
  await Promise.all([add(database, [correction(7)]), add(other, [correction(6)])]);
  await add(database, [correction(8)]);
  await expectRight();
  expect((await database.pool.query("SELECT equivocation_count AS forks FROM papers")).rows).toEqual([
    { forks: 1 },
  ]);
});

test.each([
  ["while it is written", "CREATE TRIGGER fault AFTER INSERT ON changes"],
  [
    "when it is committed",
    "CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED",
  ],
])("caches no merge of a batch that fails %s", async (_when, trigger) => {
  await add(database, base);
  await add(database, [correction(count)]);
  await database.pool.query("CREATE SEQUENCE fired");
  await database.pool.query(
    `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN PERFORM nextval('fired'); RAISE EXCEPTION 'injected' USING ERRCODE = '57014'; END $$`,
  );
  await database.pool.query(`${trigger} FOR EACH ROW EXECUTE FUNCTION fault()`);
  const lost = correction(count + 1);
  await expect(add(database, [lost])).rejects.toThrow("injected");
  expect((await database.pool.query("SELECT is_called FROM fired")).rows).toEqual([{ is_called: true }]);
  await database.pool.query("DROP TRIGGER fault ON changes");
  await database.pool.query("DROP FUNCTION fault");
  await database.pool.query("DROP SEQUENCE fired");

  await add(database, [correction(count + 2)]);
  await expectRight();
  await add(database, [lost]);
  await add(database, [correction(count + 3)]);
  await expectRight();
});

test("caches no merge of a batch whose session is terminated before its commit", async () => {
  await add(database, base);
  await add(database, [correction(count)]);
  await database.pool.query("CREATE SEQUENCE fired");
  await database.pool.query(
    `CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN PERFORM nextval('fired'); PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
  );
  await database.pool.query(
    "CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fault()",
  );
  await expect(add(database, [correction(count + 1)])).rejects.toThrow();
  expect((await other.pool.query("SELECT is_called FROM fired")).rows).toEqual([{ is_called: true }]);
  await other.pool.query("DROP TRIGGER fault ON changes");
  await add(database, [correction(count + 2)]);
  await other.pool.query("DROP FUNCTION fault");
  await other.pool.query("DROP SEQUENCE fired");
  await expectRight();
});

test("merges an event correctly after a rebuild with another keyring", async () => {
  await add(database, base);
  await add(database, [correction(count)]);
  // Corrections become invalid, then valid again: the log has the same events, with other faults.
  const narrower = createKeyring(
    keys.map((key) => ({ ...key, event_types: key.event_types.filter((type) => type !== "correction") })),
  );
  const hint = () => signedEvent(registry, { event_type: "mirror_hint", payload: { nonce: nonce++ } });
  await rebuildTables(database, { keyring: narrower });
  await add(database, [hint()], { keyring: narrower });
  await expectRight(narrower);
  await rebuildTables(database, { keyring });
  await add(database, [hint()]);
  await add(database, [correction(count + 1)]);
  await expectRight();
});

test("merges an event correctly after another process has stored a better proved copy of an earlier one", async () => {
  const unproved = correction(3, {}, unsignedEvent as typeof signedEvent);
  await add(database, [...base, unproved], { minimumProof: "hash" });
  await add(database, [correction(count)]);
  const { rows: before } = await database.pool.query("SELECT state_sha256 FROM records");
  const { created_at, event_type, payload } = unproved;
  await add(other, [signedEvent(registry, { created_at, event_type, payload })]);
  // The states of both logs are equal.
  expect((await database.pool.query("SELECT state_sha256 FROM records")).rows).toEqual(before);
  // An unsigned event may supersede the first copy, but not the second.
  const unsigned = unsignedEvent as typeof signedEvent;
  const rival = correction(count, { supersedes: [unproved["event_id"] as string] }, unsigned);
  await add(database, [rival], { minimumProof: "hash" });
  await expectRight();
});

test("caches the most recent merges up to 64 MiB in total, and hands out each only once", () => {
  const cache = new MergeCache();
  const text = `{"text":"${"x".repeat(40_000)}"}`;
  const merges = Array.from({ length: 6 }, (_, nth) => {
    const merge = new PaperMerge(pithNumber);
    merge.add(
      Array.from({ length: 200 }, (_, event) => ({
        id: `sha256:${String(nth * 1_000 + event).padStart(64, "0")}` as never,
        createdAt: "2026-06-10T12:00:00Z",
        instant: "2026-06-10T12:00:00.000000" as never,
        type: "correction",
        payloadText: text,
        prevEvent: null,
        signer: { key_id: "", public_key_fingerprint: "", signer_id: "", signer_type: "" },
        supersedes: [],
        target: "paper",
        proof: "signed",
        fault: null,
      })),
    );
    return merge;
  });
  const log = (nth: number) => ({ paperId: 1n, pithNumber, logChecksum: String(nth) });
  for (const [nth, merge] of merges.entries()) cache.put(log(nth), merge);
  const size = (merges[0] as PaperMerge).size;
  expect(size).toBeGreaterThan(16_000_000);
  const found = merges.map((_, nth) => cache.take(log(nth)));
  const fit = Math.floor((64 * 1024 * 1024) / size);
  expect(found).toEqual(merges.map((merge, nth) => (nth < merges.length - fit ? undefined : merge)));
  expect(merges.map((_, nth) => cache.take(log(nth)))).toEqual(merges.map(() => undefined));
});
