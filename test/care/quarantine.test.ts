import { afterAll, beforeAll, expect, test } from "vitest";
import { listQuarantine, readQuarantined, retryQuarantined } from "../../src/ingest/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { sampleKeyring, takeIn } from "../ingest/take-in.ts";
import { readLines, readSample } from "../sample/committed-sample.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

test("what was too large is let in once it may be, and leaves the quarantine", async () => {
  const [small = "", ...rest] = readLines("forks.ndjson");
  const seed = readSample("pith-2302.12192.state.json");
  const limits = { keyring: sampleKeyring, maximumBytes: 5000 };
  const summary = await takeIn(database, [seed, small, "no JSON", ...rest], limits);
  expect(summary.rejected.get("TOO_LARGE")).toBeGreaterThan(0);
  const listed = await listQuarantine(database, 100);
  const large = listed.filter(({ code }) => code === "TOO_LARGE").length;
  expect(listed.map(({ code }) => code)).toContain("MALFORMED_JSON");

  const { contentSha256 } = listed.find(({ code }) => code === "MALFORMED_JSON") ?? { contentSha256: "" };
  const shown = await readQuarantined(database, contentSha256.slice(0, 12));
  expect(shown?.content?.toString()).toBe("no JSON");
  expect(await readQuarantined(database, "'; DROP TABLE")).toBeNull();

  const door = { keyring: sampleKeyring, minimumProof: "hash", maximumBytes: 1e6 } as const;
  const { documents } = await retryQuarantined(database, "", door);
  expect(documents).toEqual({ tried: large + 1, accepted: large });
  expect(
    (await listQuarantine(database, 100)).filter(({ kind }) => kind === "document").map(({ code }) => code),
  ).toEqual(["MALFORMED_JSON"]);
  const { rows } = await database.pool.query(
    "SELECT value::int AS rejected FROM totals WHERE name = 'rejected_documents'",
  );
  expect(rows).toEqual([{ rejected: 1 }]);
});
