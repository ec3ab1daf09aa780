import { afterAll, beforeAll, expect, test } from "vitest";

import {
  listQuarantine,
  readQuarantined,
  removeQuarantined,
  retryQuarantined,
} from "../../src/maintenance/index.ts";
import { createKeyring, registryKey } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { readLines, readSample } from "../sample/committed-sample.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

test("a retry with a higher size limit accepts TOO_LARGE documents, and removes them from quarantine", async () => {
  const [small = "", ...rest] = readLines("forks.ndjson");
  const seed = readSample("pith-2302.12192.state.json");
  const limits = { keyring: sampleKeyring, maximumBytes: 5000 };
  const summary = await ingestDocuments(database, [seed, small, "no JSON", ...rest], limits);
  expect(summary.rejected.get("TOO_LARGE")).toBeGreaterThan(0);
  const listed = await listQuarantine(database, 100);
  const large = listed.filter(({ code }) => code === "TOO_LARGE").length;
  expect(listed.map(({ code }) => code)).toContain("MALFORMED_JSON");

  const { contentSha256 } = listed.find(({ code }) => code === "MALFORMED_JSON") ?? { contentSha256: "" };
  const shown = await readQuarantined(database, contentSha256.slice(0, 12));
  expect(shown?.content?.toString()).toBe("no JSON");
  expect(await readQuarantined(database, "'; DROP TABLE")).toBeNull();

  const policy = { keyring: sampleKeyring, minimumProof: "hash", maximumBytes: 1e6 } as const;
  const { documents } = await retryQuarantined(database, "", policy);
  expect(documents).toEqual({ tried: large + 1, accepted: large });
  expect(
    (await listQuarantine(database, 100)).filter(({ kind }) => kind === "document").map(({ code }) => code),
  ).toEqual(["MALFORMED_JSON"]);
  const { rows } = await database.pool.query(
    "SELECT value::int AS rejected FROM totals WHERE name = 'rejected_documents'",
  );
  expect(rows).toEqual([{ rejected: 1 }]);
});

test("a retry requires the minimum proof of the original source unless another is given", async () => {
  const own = await createTestDatabase();
  try {
    const [bundle = ""] = readLines("forks.ndjson");
    const unsigned = JSON.stringify({
      ...JSON.parse(bundle),
      events: JSON.parse(bundle).events.map((event: object) => ({ ...event, signature: null })),
    });
    await ingestDocuments(own, [unsigned], { keyring: sampleKeyring, minimumProof: "signed" });
    expect((await listQuarantine(own, 10)).map(({ code }) => code)).toEqual(["UNSIGNED"]);
    const options = { keyring: sampleKeyring, maximumBytes: 1e6 };
    expect((await retryQuarantined(own, "", options)).documents).toEqual({ tried: 1, accepted: 0 });
    const lower = await retryQuarantined(own, "", { ...options, minimumProof: "hash" });
    expect(lower.documents).toEqual({ tried: 1, accepted: 1 });
    expect(await listQuarantine(own, 10)).toEqual([]);
  } finally {
    await own.drop();
  }
});

test("a retry accepts single rejected events once their key is trusted", async () => {
  const own = await createTestDatabase();
  try {
    const [bundle = ""] = readLines("forks.ndjson");
    const { events } = JSON.parse(bundle);
    const [event] = events;
    await ingestDocuments(own, [bundle], { keyring: sampleKeyring });
    // As if its key had not been trusted at the import.
    await own.pool.query("DELETE FROM events");
    await own.pool.query(
      `INSERT INTO quarantine (content_sha256, kind, code, message, source, pith_number, minimum_proof, size, content, received_at)
       VALUES (sha256($1), 'event', 'UNKNOWN_SIGNER', $2, 'a', $3, 'hash', length($1), $1, now())`,
      [Buffer.from(JSON.stringify(event)), event.event_id, JSON.parse(bundle).pith_number],
    );
    const options = { maximumBytes: 1e6, onlyUntrusted: true };
    const stranger = createKeyring([registryKey]);
    expect((await retryQuarantined(own, "", { ...options, keyring: stranger })).events.accepted).toBe(0);
    const { events: retried } = await retryQuarantined(own, "", { ...options, keyring: sampleKeyring });
    expect(retried).toEqual({ tried: 1, accepted: 1 });
    expect(await listQuarantine(own, 10)).toEqual([]);
    const { rows } = await own.pool.query("SELECT 'sha256:' || encode(event_id, 'hex') AS id FROM events");
    expect(rows).toEqual([{ id: event.event_id }]);
  } finally {
    await own.drop();
  }
});

test("removes quarantined documents by a prefix of their hash, and from the count", async () => {
  const own = await createTestDatabase();
  try {
    await ingestDocuments(own, ["{", "[", "no JSON"]);
    const [first = expect.fail()] = await listQuarantine(own, 10);
    expect(await removeQuarantined(own, first.contentSha256.slice(0, 20))).toBe(1);
    expect(await listQuarantine(own, 10)).toHaveLength(2);
    expect(await removeQuarantined(own, "")).toBe(2);
    const { rows } = await own.pool.query("SELECT value::int FROM totals WHERE name = 'rejected_documents'");
    expect(rows).toEqual([{ value: 0 }]);
  } finally {
    await own.drop();
  }
});
