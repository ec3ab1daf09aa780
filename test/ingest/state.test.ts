import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  canonicalJson,
  createKeyring,
  isJsonObject,
  isPithNumber,
  type JsonObject,
  type KeyringEntry,
  type Proof,
  parseJson,
} from "../../src/protocol/index.ts";
import { paperIdOf } from "../../src/row-rules/index.ts";
import { mergeLog, readLogs } from "../../src/store/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments } from "./ingest-documents.ts";
import { clearTables } from "./tables.ts";

const folder = new URL("../vectors/", import.meta.url);
const names = readdirSync(folder).filter((name) => /^merge-.*\.json$/.test(name));

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

function readVector(name: string) {
  const vector = parseJson(readFileSync(new URL(name, folder), "utf8"), 256) as JsonObject;
  const encoded = vector["documents_base64"];
  return {
    documents: Array.isArray(encoded)
      ? encoded.map((text) => Buffer.from(String(text), "base64"))
      : (vector["documents"] as string[]),
    keyring: createKeyring(vector["keys"] as unknown as KeyringEntry[]),
    minimumProof: vector["minimum_proof"] as Proof,
    expected: vector["expect"] as JsonObject,
  };
}

/** The state computed from the stored log, which is all that an export, a mirror or a rebuild has. */
async function storedState(pithNumber: unknown): Promise<string> {
  if (!isPithNumber(pithNumber)) throw new Error("The vector's state has no Pith number.");
  const logs = await readLogs(database.db, [paperIdOf(pithNumber)]);
  return mergeLog(pithNumber, logs.get(paperIdOf(pithNumber))).text;
}

test("test/vectors has more than 40 merge vectors", () => expect(names.length).toBeGreaterThan(40));

describe.each(names)("ingest of %s", (name) => {
  const { documents, keyring, minimumProof, expected } = readVector(name);
  const orders = [
    { order: "in the vector's order and one batch", documents, batchDocuments: 500 },
    { order: "in reverse order and one by one", documents: documents.toReversed(), batchDocuments: 1 },
  ];

  test.each(orders)("stores a log with the vector's state, $order", async ({ documents, batchDocuments }) => {
    await clearTables(database);
    const summary = await ingestDocuments(database, documents, { keyring, minimumProof, batchDocuments });
    if (typeof expected["error"] === "string") {
      expect([...summary.rejected]).toEqual([[expected["error"], 1]]);
      return;
    }
    const rejected = expected["refused"] as unknown as readonly (readonly [id: string, reason: string])[];
    if (rejected.length > 0 && Object.keys(expected["proof"] as object).length === 0) {
      // The protocol merges nothing; ingest rejects the complete documents, for the same reasons.
      expect([summary.unaccepted, summary.merged]).toEqual([documents.length, 0]);
      expect(new Set(summary.unacceptedEvents.keys())).toEqual(new Set(rejected.map(([, reason]) => reason)));
      return;
    }
    const state = expected["state"];
    if (!isJsonObject(state)) throw new Error("The vector expects neither an error nor a state.");
    expect(await storedState(state["pith_number"])).toBe(canonicalJson(state));

    const proofs = await database.pool.query<{ id: string; proof: string }>(
      "SELECT 'sha256:' || encode(event_id, 'hex') AS id, proof FROM events WHERE status <> 'invalid'",
    );
    expect(Object.fromEntries(proofs.rows.map(({ id, proof }) => [id, proof]))).toEqual(expected["proof"]);
    const refused = await database.pool.query<{ id: string; code: string }>(
      "SELECT DISTINCT message AS id, code FROM quarantine WHERE kind = 'event' ORDER BY 1, 2",
    );
    expect(refused.rows.map(({ id, code }) => [id, code])).toEqual(expected["refused"]);
  });
});
