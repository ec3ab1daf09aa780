import { afterAll, beforeAll, expect, test } from "vitest";

import { checkTables, rebuildTables, WouldDropEventsError } from "../../src/maintenance/index.ts";
import { createKeyring, type Keyring } from "../../src/protocol/index.ts";
import { claimOf, snapshotOf } from "../api/fixtures/documents.ts";
import { readTables, type Tables } from "../ingest/tables.ts";
import {
  rotated as newKey,
  registry as oldKey,
  signedEvent,
  type TestKey,
} from "../protocol/signed-events.ts";
import { openSite, paper, type Site } from "../submissions/site.ts";

const overlap = { from: "2026-06-15T00:00:00Z", until: "2026-07-01T00:00:00Z" };

/** The keyrings of an operator who rotates a key, step by step. */
const before = createKeyring([oldKey]);
const during = createKeyring([oldKey, { ...newKey, valid_from: overlap.from }]);
const after = createKeyring([
  { ...oldKey, valid_until: overlap.until },
  { ...newKey, valid_from: overlap.from },
]);
const withoutOld = createKeyring([{ ...newKey, valid_from: overlap.from }]);

let site: Site;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** A paper with a record and a snapshot by the old key, of 1 and 2 June, and optionally a later snapshot. */
function paperWith(number: number, later?: { by: TestKey; at: string }) {
  const title = `Rotated ${number}`;
  return paper(number, {
    title,
    claims: [claimOf(1, "headline", "first")],
    more: ({ snapshot, pithNumber }) =>
      later === undefined
        ? []
        : [
            signedEvent(later.by, {
              event_type: "graph_snapshot",
              created_at: later.at,
              subject_pith_number: pithNumber,
              prev_event: snapshot,
              supersedes: [snapshot],
              payload: snapshotOf({
                arxivId: "",
                submittedAt: "",
                title,
                claims: [claimOf(1, "headline", "later")],
              }),
            }),
          ],
  });
}

async function submit(text: string) {
  const { answers } = await site.post(text, {}, "?wait=30");
  const [answer] = answers;
  return { status: answer?.status, code: answer?.error?.code, refused: answer?.refused };
}

/** The first claim of a paper and its signer; null if the paper is not shown. */
async function shown(number: number): Promise<{ claim: string; keyId: string; signerId: string } | null> {
  const { data } = await site.graphql(
    `query ($ref: String!) { paper(ref: $ref) {
       claims(first: 1) { nodes { text provenance { proof signer { keyId signerId } } } } } }`,
    { ref: `arXiv:2403.${10_000 + number}` },
  );
  const found = data?.["paper"] as {
    claims: {
      nodes: { text: string; provenance: { proof: string; signer: { keyId: string; signerId: string } } }[];
    };
  } | null;
  const [claim] = found?.claims.nodes ?? [];
  if (claim === undefined) return null;
  expect(claim.provenance.proof).toBe("SIGNED");
  return { claim: claim.text, ...claim.provenance.signer };
}

const first = { claim: "first", keyId: oldKey.key_id, signerId: oldKey.signer_id };
const laterByOld = { ...first, claim: "later" };
const laterByNew = { claim: "later", keyId: newKey.key_id, signerId: newKey.signer_id };

/** Runs a worker with the keyring while `run` runs, as if restarted. */
async function working(keyring: Keyring, run: () => Promise<void>): Promise<void> {
  const stop = site.work({ keyring });
  await run();
  await stop();
}

/** @threat T8 */
test("a new key replaces an old one without rejections in between, and later events of the old key are rejected", async () => {
  await working(before, async () => {
    expect(await submit(paperWith(1).text)).toMatchObject({ status: "MERGED" });
    // The keyring does not have the new key yet.
    const tooEarly = await submit(paperWith(2, { by: newKey, at: "2026-06-20T00:00:00Z" }).text);
    expect(tooEarly).toMatchObject({
      status: "MERGED",
      refused: [expect.stringContaining("UNKNOWN_SIGNER")],
    });
  });

  // No worker runs during a restart: submissions wait and are not rejected.
  const waiting = submit(paperWith(3, { by: newKey, at: "2026-06-20T00:00:00Z" }).text);
  await working(during, async () => {
    expect(await waiting).toMatchObject({ status: "MERGED" });
    // In the overlap events of both keys are accepted, and either may supersede the other's: they are one signer.
    expect(await submit(paperWith(4, { by: oldKey, at: "2026-06-20T00:00:00Z" }).text)).toMatchObject({
      status: "MERGED",
    });
    // An event that was rejected before is accepted when it is submitted again.
    const again = await submit(paperWith(2, { by: newKey, at: "2026-06-20T00:00:00Z" }).text);
    expect(again).toEqual({ status: "MERGED", code: undefined, refused: undefined });
    // Dated before the new key is valid.
    const backDated = await submit(paperWith(5, { by: newKey, at: "2026-06-14T23:59:59.999Z" }).text);
    expect(backDated).toMatchObject({
      status: "MERGED",
      refused: [expect.stringContaining("KEY_NOT_VALID")],
    });
    // The old key has no end yet.
    expect(await submit(paperWith(6, { by: oldKey, at: "2026-07-02T00:00:00Z" }).text)).toMatchObject({
      status: "MERGED",
    });
  });
  expect(await Promise.all([1, 2, 3, 4, 5, 6].map(shown))).toEqual([
    first,
    laterByNew,
    laterByNew,
    laterByOld,
    first,
    laterByOld,
  ]);

  await working(after, async () => {
    const lastMoment = await submit(paperWith(7, { by: oldKey, at: "2026-06-30T23:59:59.999Z" }).text);
    expect(lastMoment).toEqual({ status: "MERGED", code: undefined, refused: undefined });
    const tooLate = await submit(paperWith(8, { by: oldKey, at: overlap.until }).text);
    expect(tooLate).toMatchObject({ status: "MERGED", refused: [expect.stringContaining("KEY_NOT_VALID")] });
    expect(await submit(paperWith(9, { by: newKey, at: "2026-07-02T00:00:00Z" }).text)).toMatchObject({
      status: "MERGED",
      refused: undefined,
    });
  });
  expect(await Promise.all([7, 8, 9].map(shown))).toEqual([laterByOld, first, laterByNew]);
});

test("a rebuild drops exactly the events that the current keyring no longer accepts", async () => {
  // Paper 6 has an event of the old key that is dated after its end, accepted before the end was set.
  expect((await checkTables(site.database, { keyring: during })).differences).toEqual([]);
  const { counts } = await checkTables(site.database, { keyring: after });
  expect(counts.get("records")).toBe(1);
  const untouched = await readTables(site.database);
  await rebuildTables(site.database, { keyring: after });
  expect((await checkTables(site.database, { keyring: after })).differences).toEqual([]);
  expect(await shown(6)).toEqual(first);
  expect(await Promise.all([1, 2, 3, 4, 5, 7, 8, 9].map(shown))).toEqual([
    first,
    laterByNew,
    laterByNew,
    laterByOld,
    first,
    laterByOld,
    first,
    laterByNew,
  ]);
  const { rows } = await site.database.pool.query(
    "SELECT code, count(*)::int AS count FROM quarantine WHERE code = 'KEY_NOT_VALID' GROUP BY code",
  );
  // The events of papers 5 and 8, and now that of paper 6.
  expect(rows).toEqual([{ code: "KEY_NOT_VALID", count: 3 }]);
  const { rows: feed } = await site.database.pool.query(
    "SELECT pith_number FROM changes ORDER BY position DESC LIMIT 1",
  );
  expect(feed).toEqual([{ pith_number: paperWith(6).pithNumber }]);
  // No other event has left the log.
  const eventsOf = (tables: Tables) => tables["events"]?.length ?? 0;
  expect(eventsOf(await readTables(site.database))).toBe(eventsOf(untouched) - 1);
});

/** @threat T10 */
test("a rebuild with a keyring that lost a key changes nothing without mayDropEvents", async () => {
  const tables = await readTables(site.database);
  const rebuild = rebuildTables(site.database, { keyring: withoutOld, mayDropEvents: false });
  await expect(rebuild).rejects.toThrow(WouldDropEventsError);
  expect(await readTables(site.database)).toEqual(tables);
});

/** @threat T9 */
test("a rebuild without a stolen key shows none of its events, and all can be submitted again", async () => {
  await rebuildTables(site.database, { keyring: withoutOld, mayDropEvents: true });
  const { rows } = await site.database.pool.query(
    "SELECT DISTINCT key_id FROM events JOIN signers USING (fingerprint)",
  );
  expect(rows).toEqual([{ key_id: newKey.key_id }]);
  // Events of the new key that link to its events are kept as invalid, and assert nothing.
  expect(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map(shown))).toEqual(
    Array.from({ length: 9 }, () => null),
  );
  await working(after, async () => {
    const again = await submit(paperWith(9, { by: newKey, at: "2026-07-02T00:00:00Z" }).text);
    expect(again).toEqual({ status: "MERGED", code: undefined, refused: undefined });
  });
  expect(await shown(9)).toEqual(laterByNew);
  expect((await checkTables(site.database, { keyring: after })).differences).toEqual([]);
});
