import { describe, expect, it } from "vitest";
import {
  canonicalJson,
  isJsonObject,
  type JsonObject,
  parseJson,
  registryKey,
} from "../../src/protocol/index.ts";
import { verifyBundle } from "../../web/src/verify/verify-bundle.ts";
import { claimOf, documentOf } from "../api/fixtures/documents.ts";
import { registry } from "../protocol/signed-events.ts";
import { readLines, readSample } from "../sample/committed-sample.ts";

// The code of the explorer's worker, without a browser. test/browser/verify.test.ts runs it in one.

const onlyRegistry = { added: [], hasSample: false };
const withSample = { added: [], hasSample: true };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const { name: _, seed_hex: __, ...testKey } = registry;

describe("verifyBundle", () => {
  it("trusts the registry's key, and the demo key only if the server has the sample", () => {
    const state = verifyBundle(bytesOf(readSample("pith-2302.12192.state.json")), onlyRegistry);
    expect(state).toMatchObject({
      proof: "HASH",
      signatures: 0,
      receipts: 1,
      rejected: [],
      equivocations: 0,
    });
    expect(state.keys).toMatchObject([{ keyId: registryKey.key_id, origin: "registry" }]);
    expect(state.fields.get("title")).toBe("Aligning Text-to-Image Models using Human Feedback");
    expect(state.fields.get("number of claims")).toBe("4");
    const [line = ""] = readLines("arxiv-2022-12.ndjson.gz");
    const sample = verifyBundle(bytesOf(line), withSample);
    expect(sample).toMatchObject({ proof: "SIGNED", signatures: 2, receipts: 1, rejected: [] });
    expect(sample.keys).toMatchObject([{ origin: "sample" }]);
    expect(sample.contentKey).toMatchObject({ origin: "sample" });
    const elsewhere = verifyBundle(bytesOf(line), onlyRegistry);
    expect(elsewhere.rejected.map(({ reason }) => reason)).toEqual(["UNKNOWN_SIGNER", "UNKNOWN_SIGNER"]);
  });

  it("trusts other keys only if the reader added them", () => {
    const { text } = documentOf({
      arxivId: "2301.00001",
      submittedAt: "2023-01-02T03:04:05Z",
      title: "Another's",
      claims: [claimOf(1, "headline", "A claim.")],
    });
    const without = verifyBundle(bytesOf(text), onlyRegistry);
    expect(without.events).toEqual([]);
    expect(without.rejected.map(({ reason }) => reason)).toEqual(["UNKNOWN_SIGNER", "UNKNOWN_SIGNER"]);
    const withKey = verifyBundle(bytesOf(text), { added: [testKey], hasSample: false });
    expect(withKey).toMatchObject({ proof: "SIGNED", signatures: 2, rejected: [] });
    expect(withKey.keys).toMatchObject([{ origin: "added" }]);
  });

  it("rejects altered events and keeps the others", () => {
    const [line = ""] = readLines("arxiv-2022-12.ndjson.gz");
    const bundle = parseJson(line) as JsonObject;
    const [record, snapshot] = bundle["events"] as JsonObject[];
    const signature = snapshot?.["signature"];
    if (record === undefined || snapshot === undefined || !isJsonObject(signature))
      throw new Error("no events");
    const other = {
      ...signature,
      signature_b64: isJsonObject(record["signature"])
        ? (record["signature"]["signature_b64"] ?? null)
        : null,
    };
    const withEvents = (events: JsonObject[]) =>
      verifyBundle(bytesOf(canonicalJson({ ...bundle, events })), withSample);
    expect(withEvents([record, { ...snapshot, signature: other }]).rejected).toMatchObject([
      { reason: "SIGNATURE_INVALID" },
    ]);
    expect(withEvents([record, { ...snapshot, created_at: "2026-01-09T00:00:00Z" }]).rejected).toMatchObject([
      { reason: "EVENT_ID_MISMATCH" },
    ]);
    expect(withEvents([record]).fields.get("title")).toBeNull();
  });

  it("rejects a document of an unknown kind", () => {
    expect(() => verifyBundle(bytesOf("{}"), onlyRegistry)).toThrow("Neither a pith_open_graph_bundle nor");
  });
});
