import { createHash } from "node:crypto";
import { once } from "node:events";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyChecksum } from "../../src/row-rules/hashes.ts";
import {
  appendChanges,
  changesChannel,
  checksumAfter,
  readChanges,
  readFeedHead,
  type StateChange,
} from "../../src/store/feed.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** The checksum by its definition, computed from the set. */
function checksumOf(states: ReadonlyMap<string, string>): string {
  let sum = 0n;
  for (const [pithNumber, state] of states) sum += BigInt(`0x${hash(`${pithNumber} ${state}`)}`);
  return (sum % 2n ** 256n).toString(16).padStart(64, "0");
}

it("the feed's checksum depends on the set of states only, not on the order of changes", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 })));
  fc.assert(
    fc.property(steps, (list) => {
      const states = new Map<string, string>();
      let checksum = emptyChecksum;
      for (const [paper, version] of list) {
        const pithNumber = `pith:2023:${paper}`;
        const before = states.get(pithNumber) ?? null;
        const after = hash(String(version));
        checksum = checksumAfter(checksum, { pithNumber, before, after });
        states.set(pithNumber, after);
      }
      expect(checksum).toBe(checksumOf(states));
    }),
  );
});

it("recordChanges gives positions in the order of commits without gaps, and notifies listeners", async () => {
  const change = (paper: number, before: string | null, after: string): StateChange => ({
    paperId: BigInt(paper),
    pithNumber: `pith:2023:${paper}`,
    before,
    after: hash(after),
  });
  const now = new Date().toISOString();
  const [listener, first, second] = await Promise.all([1, 2, 3].map(() => database.pool.connect()));
  if (listener === undefined || first === undefined || second === undefined) expect.fail();
  await listener.query(`LISTEN ${changesChannel}`);
  const notified = once(listener, "notification");

  await first.query("BEGIN");
  await second.query("BEGIN");
  await appendChanges(first, [change(1, null, "a"), change(2, null, "b")], now);
  // The second transaction waits for the row of the counter.
  const waiting = appendChanges(second, [change(1, hash("a"), "c")], now);
  await first.query("COMMIT");
  await waiting;
  // A rollback leaves no gap.
  await second.query("ROLLBACK");
  expect((await notified)[0]).toMatchObject({ channel: changesChannel, payload: "2" });
  await second.query("BEGIN");
  await appendChanges(second, [change(2, hash("b"), "d"), change(3, null, "e")], now);
  await second.query("COMMIT");

  expect((await readChanges(database.db, 1n, 2)).map(({ position }) => position)).toEqual([2n, 3n]);
  expect(await readFeedHead(database.db)).toEqual({
    position: 4n,
    checksum: checksumOf(
      new Map([
        ["pith:2023:1", hash("a")],
        ["pith:2023:2", hash("d")],
        ["pith:2023:3", hash("e")],
      ]),
    ),
  });
  for (const client of [listener, first, second]) client.release(true);
});
