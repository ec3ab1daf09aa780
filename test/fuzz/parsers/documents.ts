import { readFileSync } from "node:fs";
import {
  checkPublishedState,
  DocumentError,
  documentErrorCodes,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  mergeDocuments,
  parseDocument,
  parseJson,
  rejectionReasons,
  sha256OfValue,
  suffixOfDigest,
} from "../../../src/protocol/index.ts";
import {
  bundleText,
  entryOf,
  keyring,
  receiptOf,
  recordPayload,
  registry,
  rotated,
  signedEvent,
  snapshotPayload,
  stateBody,
  unsignedEvent,
  withStateSha256,
} from "../../protocol/signed-events.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

const record = signedEvent(registry, {
  event_type: "record_created",
  payload: recordPayload(receiptOf(registry)),
});
const snapshot = unsignedEvent(registry, {
  event_type: "graph_snapshot",
  prev_event: record.event_id,
  payload: snapshotPayload(
    [{ claim_id: "C1", kind: "headline", text: "x" }],
    [{ ref_index: 1, doi: "10.1/x" }],
  ),
});
const later = signedEvent(rotated, {
  event_type: "graph_snapshot",
  created_at: "2026-06-11T12:00:00Z",
  supersedes: [snapshot.event_id],
  payload: snapshotPayload(),
});
const aliases = [{ alias_kind: "doi", alias_value: "10.1/X", created_at: record.created_at }];

/**
 * Bundles and states: errors of the list, or a state that can be read again. Each input is checked as it is, and again
 * with corrected hashes, without which hardly any input would get past the first checks.
 */
export const documents: Target = {
  name: "documents",
  seeds: () => [
    bundleText([record, snapshot, later], aliases),
    JSON.stringify(
      withStateSha256(
        stateBody({
          record_created: entryOf(record),
          graph_snapshots: [entryOf(snapshot)],
          source_aliases: aliases,
        }),
      ),
    ),
    readFileSync(new URL("../../vectors/merge-bundle-signed.json", import.meta.url)).subarray(0, 4_000),
  ],
  check(input) {
    checkDocument(input);
    let value: JsonValue;
    try {
      value = parseJson(input);
    } catch {
      return;
    }
    if (isJsonObject(value)) checkDocument(Buffer.from(JSON.stringify(withHashes(value), numbers)));
  },
};

function checkDocument(input: Buffer): void {
  let merged: ReturnType<typeof mergeDocuments>;
  try {
    merged = mergeDocuments([input], keyring);
    checkPublishedState(parseDocument(input), keyring);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    failUnless(
      `an unknown code ${error.code}`,
      (documentErrorCodes as readonly string[]).includes(error.code),
    );
    return;
  }
  for (const [, reason] of merged.refused) {
    failUnless(`an unknown reason ${reason}`, (rejectionReasons as readonly string[]).includes(reason));
  }
  for (const [number, state] of merged.states) {
    assertSame("a state's hash, read again", parseDocument(state.text).published?.sha256, state.sha256);
    // Merging the same document again changes nothing.
    const again = mergeDocuments([input, input], keyring).states.get(number);
    assertSame("the state of the same document twice", again?.sha256, state.sha256);
  }
}

/** The document with correct hashes. */
function withHashes(document: JsonObject): JsonObject {
  const { canonical_record: canonicalRecord, events } = document;
  if (!("bundle_type" in document)) return withStateSha256(document);
  if (canonicalRecord === undefined) return document;
  const digest = sha256OfValue(canonicalRecord);
  const pithNumber = `${String(document["pith_number"]).slice(0, 10).padEnd(10, "0")}${suffixOfDigest(digest)}`;
  const copies = Array.isArray(events) ? events.map((event) => withoutHashes(event, pithNumber)) : events;
  return { ...document, pith_number: pithNumber, canonical_sha256: digest, events: copies as JsonValue };
}

function withoutHashes(event: JsonValue, pithNumber: string): JsonValue {
  if (!isJsonObject(event)) return event;
  const { event_id: _id, signature: _signature, ...body } = event;
  return { ...body, subject_pith_number: pithNumber };
}

/** Replaces numbers that JSON.stringify cannot write. */
function numbers(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  return (value as { constructor?: { name: string } } | null)?.constructor?.name === "JsonDouble"
    ? 0.5
    : value;
}
