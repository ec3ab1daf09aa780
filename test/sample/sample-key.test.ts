import { expect, test } from "vitest";
import { createKeyring, mergeDocuments, registryKey } from "../../src/protocol/index.ts";
import { sampleKey, sampleSigner } from "../../src/sample/sample-event.ts";
import { readLines, sampleEntries, sampleKeyring } from "./committed-sample.ts";

test("the committed keyring has only the sample key, for two event types", () => {
  expect(sampleEntries).toEqual([sampleKey]);
  expect(sampleKey.event_types).toEqual(["record_created", "graph_snapshot"]);
  expect([...sampleKeyring.keys()]).toEqual([sampleSigner.public_key_fingerprint]);
});

test("the sample key is named as a sample, and is not the registry's", () => {
  expect(sampleKey).toMatchObject({
    key_id: "pith-graph-sample",
    signer_id: "sample.pith-graph.invalid",
    signer_type: "sample",
  });
  expect(sampleKey.public_key_b64).not.toBe(registryKey.public_key_b64);
});

test.each(["arxiv-2022-12.ndjson.gz", "hep-th.ndjson.gz", "forks.ndjson"])(
  "a keyring with only the registry's key rejects every event of %s with UNKNOWN_SIGNER",
  (name) => {
    const lines = readLines(name);
    const { states, refused } = mergeDocuments(lines, createKeyring([registryKey]), "hash");
    expect(new Set(refused.map(([, reason]) => reason))).toEqual(new Set(["UNKNOWN_SIGNER"]));
    expect(refused.length).toBeGreaterThanOrEqual(2 * lines.length);
    expect([...states.values()].filter(({ events }) => events.size > 0)).toEqual([]);
  },
);
