import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeGlobalId } from "../../src/api/builder.ts";
import { sampleKeyFingerprint } from "../../src/api/provenance.ts";
import { fingerprintOf, type Keyring } from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { ingestDocuments, sampleDocuments, sampleKeyring } from "../ingest/ingest-documents.ts";
import { keyring } from "../protocol/signed-events.ts";
import { createClient } from "./client.ts";
import { documentOf } from "./fixtures/documents.ts";

let database: TestDatabase;

/** Signed by a key of the tests' keyring, in the role of an operator's own key. */
const configured = documentOf({ arxivId: "2306.00001", submittedAt: "2023-06-01T00:00:00Z", title: "Ours" });

beforeAll(async () => {
  database = await createTestDatabase();
  await ingestDocuments(database, sampleDocuments(1), { keyring: sampleKeyring });
  await ingestDocuments(database, [configured.text]);
});
afterAll(() => database.drop());

type Answer = {
  paper: {
    recordProvenance: { signer: { origin: string } };
    verification: { signer: { signerId: string; origin: string } | null };
  };
};

async function originsOf(ref: string, trusted?: Keyring): Promise<string[]> {
  const client = createClient(database, undefined, { keyring: trusted });
  const { paper } = await client.ask<Answer>(
    `{ paper(ref: "${ref}") { recordProvenance { signer { origin } } verification { signer { signerId origin } } } }`,
  );
  return [paper.recordProvenance.signer.origin, paper.verification.signer?.origin ?? "none"];
}

test("Signer.origin distinguishes the registry's key, a configured key, the demo key and one that is no longer trusted", async () => {
  expect(await originsOf("2302.12192")).toEqual(["REGISTRY", "REGISTRY"]);
  expect(await originsOf("hep-th/9204099")).toEqual(["SAMPLE", "SAMPLE"]);
  expect(await originsOf(configured.pithNumber, keyring)).toEqual(["CONFIGURED", "CONFIGURED"]);
  expect(await originsOf(configured.pithNumber)).toEqual(["UNKNOWN", "UNKNOWN"]);
});

test("signers lists the signers of accepted events, each found by its fingerprint and by its global id", async () => {
  const client = createClient(database, undefined, { keyring });
  type Listed = { id: string; fingerprint: string; publicKey: string | null; validUntil: string | null };
  const fields = "id fingerprint publicKey validFrom validUntil";
  const { signers } = await client.ask<{ signers: Listed[] }>(`{ signers { ${fields} } }`);
  const fingerprints = signers.map(({ fingerprint }) => fingerprint);
  expect(fingerprints).toEqual([...fingerprints].sort());
  expect(fingerprints).toContain(sampleKeyFingerprint);
  for (const listed of signers) {
    expect(
      await client.ask(
        `{ signer(fingerprint: "${listed.fingerprint}") { ${fields} } node(id: "${listed.id}") { ... on Signer { ${fields} } } }`,
      ),
    ).toEqual({ signer: listed, node: listed });
    const { publicKey, fingerprint } = listed;
    if (publicKey === null) expect(keyring.has(fingerprint)).toBe(false);
    else expect(fingerprintOf(Buffer.from(publicKey, "base64"))).toBe(fingerprint);
  }
  expect(signers.some(({ publicKey }) => publicKey !== null)).toBe(true);
});

test.each(["", "0000", "0".repeat(32), "\u0000", `${"0".repeat(31)}\u0000`])(
  "signer and node find no signer by the fingerprint %j",
  async (fingerprint) => {
    const id = encodeGlobalId("Signer", fingerprint);
    const query =
      "query ($fingerprint: String!, $id: ID!) { signer(fingerprint: $fingerprint) { id } node(id: $id) { id } }";
    const client = createClient(database);
    expect(await client.ask(query, { fingerprint, id })).toEqual({ signer: null, node: null });
  },
);

test("Signer.origin of the demo key is SAMPLE even if an operator has configured it", async () => {
  expect(await originsOf("hep-th/9204099", sampleKeyring)).toEqual(["SAMPLE", "SAMPLE"]);
});

test("sampleKeyFingerprint is that of the key in sample/keyring.json", () => {
  const [entry] = JSON.parse(readFileSync("sample/keyring.json", "utf8")) as { public_key_b64: string }[];
  expect(fingerprintOf(Buffer.from(entry?.public_key_b64 ?? "", "base64"))).toBe(sampleKeyFingerprint);
});

test("status.hasSample is true once the sample is loaded", async () => {
  const ask = () =>
    createClient(database).ask<{ status: { hasSample: boolean } }>("{ status { hasSample } }");
  expect(await ask()).toEqual({ status: { hasSample: false } });
  await database.pool.query("INSERT INTO settings VALUES ('sample', 'loaded')");
  expect(await ask()).toEqual({ status: { hasSample: true } });
});
