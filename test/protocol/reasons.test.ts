import { describe, expect, test } from "vitest";
import {
  createKeyring,
  type EventId,
  type FaultReason,
  faultReasons,
  type JsonObject,
  type JsonValue,
  type LinkReason,
  linkReasons,
  mergeDocuments,
  type PithNumber,
  type Proof,
  type RejectionReason,
  rejectionReasons,
  sha256OfValue,
  suffixOfDigest,
  verifyEventCopy,
} from "../../src/protocol/index.ts";
import {
  author,
  type BodyFields,
  bodyOf,
  bundleText,
  idOf,
  keyring,
  pithNumber,
  receiptOf,
  record,
  recordDigest,
  recordPayload,
  registry,
  rotated,
  signatureOf,
  signedEvent,
  signerOf,
  snapshotPayload,
  stranger,
  unsignedEvent,
  windowed,
} from "./signed-events.ts";

/** By reason, copies of events that are rejected or invalid for it, each with a description of its fault. */
type Cases<Reason extends string> = Record<Reason, Record<string, JsonValue>>;

const sound = signedEvent(registry, { event_type: "correction" });

/** A sound event with members replaced, and a matching id and signature. */
function remade(change: JsonObject): JsonObject {
  const body: JsonObject = { ...bodyOf(registry, { event_type: "correction" }), ...change };
  const id = idOf(body);
  return { ...body, event_id: id, signature: signatureOf(registry, id) };
}

function without(name: string): JsonObject {
  const { [name]: _, ...rest } = bodyOf(registry, { event_type: "correction" }) as JsonObject;
  const id = idOf(rest);
  return { ...rest, event_id: id, signature: signatureOf(registry, id) };
}

/** Arrays nested to the given number of levels. */
function nested(levels: number): JsonValue {
  return levels === 1 ? [] : [nested(levels - 1)];
}

const id = `sha256:${"a".repeat(64)}`;
const good = sound.signature;

const refusals: Cases<RejectionReason> = {
  MALFORMED_EVENT: {
    "null instead of an object": null,
    "a string instead of an object": "event",
    "an array instead of an object": [sound],
    "an empty object": {},
    "a payload of 61 levels": remade({ payload: { deep: nested(60) } }),
    ...Object.fromEntries(
      Object.keys(bodyOf(registry, { event_type: "correction" })).map((name) => [
        `without ${name}`,
        without(name),
      ]),
    ),
    "schema_version 1": remade({ schema_version: 1 }),
    "schema_version 1.1": remade({ schema_version: "1.1" }),
    "event_type null": remade({ event_type: null }),
    "target a number": remade({ target: 1 }),
    "subject an object": remade({ subject_pith_number: {} }),
    "created_at with an offset": remade({ created_at: "2026-06-10T12:00:00+00:00" }),
    "created_at on 30 February": remade({ created_at: "2026-02-30T12:00:00Z" }),
    "created_at a number": remade({ created_at: 5 }),
    "payload an array": remade({ payload: [] }),
    "payload null": remade({ payload: null }),
    "prev_event without its prefix": remade({ prev_event: "a".repeat(64) }),
    "prev_event in upper case": remade({ prev_event: `sha256:${"A".repeat(64)}` }),
    "prev_event too long": remade({ prev_event: `${id}a` }),
    "prev_event false": remade({ prev_event: false }),
    "supersedes null": remade({ supersedes: null }),
    "supersedes a string": remade({ supersedes: id }),
    "supersedes with a string that is no id": remade({ supersedes: ["x"] }),
    "supersedes with a null": remade({ supersedes: [id, null] }),
    "supersedes with a repeat": remade({ supersedes: [id, id] }),
    "signer a string": remade({ signer: "registry" }),
    "signer with an additional member": remade({ signer: { ...signerOf(registry), name: "x" } }),
    "signer with a number": remade({ signer: { ...signerOf(registry), key_id: 1 } }),
    "signer with a missing member": remade({
      signer: { key_id: "a", public_key_fingerprint: "b", signer_id: "c" },
    }),
  },
  EVENT_ID_MISMATCH: {
    "another id": { ...sound, event_id: id },
    null: { ...sound, event_id: null },
    "without its prefix": { ...sound, event_id: sound.event_id.slice(7) },
    "a changed payload": { ...sound, payload: { changed: true } },
    "another id, with wrong signature and subject": {
      ...remade({ subject_pith_number: "x" }),
      event_id: id,
      signature: 1,
    },
  },
  SUBJECT_MISMATCH: {
    "another paper": remade({ subject_pith_number: "pith:2023:AAAAAAAAAAAAAAAAAAAAAAAAAA" }),
    "no Pith number": remade({ subject_pith_number: "" }),
    "no Pith number, by an unknown signer": {
      ...unsignedEvent(stranger, { event_type: "correction", subject_pith_number: "x" }),
    },
  },
  UNKNOWN_SIGNER: {
    "a stranger": signedEvent(stranger, { event_type: "correction" }),
    "a fingerprint in upper case": remade({
      signer: {
        ...signerOf(registry),
        public_key_fingerprint: signerOf(registry).public_key_fingerprint.toUpperCase(),
      },
    }),
    "`constructor` as the fingerprint": remade({
      signer: { ...signerOf(registry), public_key_fingerprint: "constructor" },
    }),
  },
  SIGNER_MISMATCH: {
    key_id: remade({ signer: { ...signerOf(registry), key_id: rotated.key_id } }),
    signer_id: remade({ signer: { ...signerOf(registry), signer_id: "pith.science" } }),
    signer_type: remade({ signer: { ...signerOf(registry), signer_type: "author" } }),
  },
  KEY_NOT_VALID: {
    "a microsecond too early": signedEvent(windowed, {
      event_type: "correction",
      created_at: "2026-05-31T23:59:59.999999Z",
    }),
    "at valid_until": signedEvent(windowed, {
      event_type: "correction",
      created_at: "2026-07-01T00:00:00.0Z",
    }),
  },
  SIGNATURE_INVALID: {
    "a string": { ...sound, signature: good.signature_b64 },
    false: { ...sound, signature: false },
    "an empty string": { ...sound, signature: "" },
    "an empty object": { ...sound, signature: {} },
    "of another event": { ...sound, signature: signatureOf(registry, id) },
    "by another key": {
      ...sound,
      signature: { ...good, signature_b64: signatureOf(rotated, sound.event_id).signature_b64 },
    },
    "another key_id": { ...sound, signature: { ...good, key_id: rotated.key_id } },
    "another algorithm": { ...sound, signature: { ...good, algorithm: "Ed25519" } },
    "another signed_message": { ...sound, signature: { ...good, signed_message: "canonical_sha256_bytes" } },
    "no signed_message": {
      ...sound,
      signature: { algorithm: good.algorithm, key_id: good.key_id, signature_b64: good.signature_b64 },
    },
    "without padding": {
      ...sound,
      signature: { ...good, signature_b64: good.signature_b64.replace(/=+$/, "") },
    },
    "with a line break": { ...sound, signature: { ...good, signature_b64: `${good.signature_b64}\n` } },
    "a byte short": {
      ...sound,
      signature: {
        ...good,
        signature_b64: Buffer.from(good.signature_b64, "base64").subarray(1).toString("base64"),
      },
    },
  },
  UNSIGNED: {
    "no signature": unsignedEvent(registry, { event_type: "correction" }),
    "null instead of a signature": {
      ...unsignedEvent(registry, { event_type: "correction" }),
      signature: null,
    },
    "a receipt alone": unsignedEvent(registry, {
      event_type: "record_created",
      payload: recordPayload(receiptOf(registry)),
    }),
  },
};

function judge(value: JsonValue, minimumProof: Proof) {
  return verifyEventCopy(value, { pithNumber, keyring, minimumProof });
}

/** @threat T16 */
describe("verifyEventCopy, rules 1 to 6", () => {
  const rows = Object.entries(refusals).flatMap(([reason, cases]) =>
    Object.entries(cases).map(([what, value]) => [reason, what, value] as const),
  );

  test.each(rows)("rejects with %s: %s", (reason, _, value) => {
    const judgement = judge(value, reason === "UNSIGNED" ? "signed" : "hash");
    expect(judgement).toMatchObject({ accepted: false, reason });
    if (judgement.accepted) return;
    // A malformed event is identified by the hash of the complete value, any other by its computed id.
    const named =
      reason === "MALFORMED_EVENT" ? `sha256:${sha256OfValue(value)}` : idOf(bodyPart(value as JsonObject));
    expect(judgement.id).toBe(named);
  });

  test("accepts the sound event that the cases change", () => {
    expect(judge(sound, "signed")).toMatchObject({ accepted: true, event: { proof: "signed", fault: null } });
    expect(judge(remade({}), "signed").accepted).toBe(true);
  });

  test("accepts a payload of 60 levels", () => {
    for (const payload of [{ deep: nested(59) }, { a: [], b: { c: nested(58) } }]) {
      expect(judge(remade({ payload }), "signed").accepted).toBe(true);
    }
  });

  test("ignores members besides the nine", () => {
    const judgement = judge({ ...sound, note: "x", received_at: 5 }, "signed");
    expect(judgement).toMatchObject({ accepted: true, event: { id: sound.event_id } });
  });

  test("accepts an event without an event_id, and computes its id", () => {
    const { event_id, ...rest } = sound;
    expect(judge(rest, "signed")).toMatchObject({ accepted: true, event: { id: event_id } });
  });

  test("accepts events from valid_from until just before valid_until", () => {
    const within = ["2026-06-01T00:00:00Z", "2026-06-30T23:59:59.999999Z"].map((created_at) =>
      signedEvent(windowed, { event_type: "correction", created_at }),
    );
    for (const event of within) expect(judge(event, "signed").accepted).toBe(true);
  });
});

function bodyPart(event: JsonObject): JsonObject {
  const names = Object.keys(bodyOf(registry, { event_type: "correction" }));
  return Object.fromEntries(names.map((name) => [name, event[name] as JsonValue]));
}

/** The payload of a record_created with a changed receipt. */
function withReceipt(change: JsonObject): JsonObject {
  return recordPayload({ ...receiptOf(registry), ...change });
}

function recordEvent(payload: JsonObject, target = "record"): JsonObject {
  return signedEvent(registry, { event_type: "record_created", payload, target });
}

function snapshotEvent(
  change: (snapshot: Record<string, JsonObject>) => JsonValue,
  target = "graph",
): JsonObject {
  const { graph_snapshot: snapshot } = snapshotPayload([{ claim_id: "C1" }], [{ ref_index: 1 }]);
  return signedEvent(registry, {
    event_type: "graph_snapshot",
    payload: { graph_snapshot: change(snapshot) },
    target,
  });
}

type Snapshot = Record<string, JsonObject>;
const part = (name: string, change: JsonObject) => (snapshot: Snapshot) => ({
  ...snapshot,
  [name]: { ...snapshot[name], ...change },
});
const otherRecord = { ...record, schema_version: "1.1" };
const otherYear = { ...record, metadata: { ...record.metadata, submitted_at: "2024-01-01T00:00:00Z" } };

const faults: Cases<FaultReason> = {
  UNKNOWN_EVENT_TYPE: {
    "an unknown word": signedEvent(registry, { event_type: "rumour" }),
    "the name of a list": signedEvent(registry, { event_type: "corrections" }),
    "the word `constructor`": signedEvent(registry, { event_type: "constructor" }),
  },
  EVENT_TYPE_NOT_ALLOWED: {
    "an author's record": signedEvent(author, { event_type: "record_created", payload: recordPayload() }),
    "an author's correction": signedEvent(author, { event_type: "correction" }),
  },
  MALFORMED_PAYLOAD: {
    "record: another target": recordEvent(recordPayload(), "graph"),
    "record: no canonical_record": recordEvent({ canonical_sha256: recordDigest }),
    "record: canonical_record a string": recordEvent({
      canonical_record: "x",
      canonical_sha256: sha256OfValue("x"),
    }),
    "record: no canonical_sha256": recordEvent({ canonical_record: record }),
    "record: canonical_sha256 a number": recordEvent({ canonical_record: record, canonical_sha256: 8 }),
    "snapshot: another target": snapshotEvent((snapshot) => snapshot, "record"),
    "snapshot: missing": signedEvent(registry, { event_type: "graph_snapshot", payload: {} }),
    "snapshot: an array": snapshotEvent(() => []),
    "snapshot: no paper": snapshotEvent(({ paper: _, ...rest }) => rest),
    "snapshot: paper null": snapshotEvent((snapshot) => ({ ...snapshot, paper: null })),
    "snapshot: no claims": snapshotEvent(({ claims: _, ...rest }) => rest),
    "snapshot: references a string": snapshotEvent((snapshot) => ({ ...snapshot, references: "26" })),
    "snapshot: author_claims null": snapshotEvent((snapshot) => ({ ...snapshot, author_claims: null })),
    "snapshot: formal_canon an array": snapshotEvent((snapshot) => ({ ...snapshot, formal_canon: [] })),
    "snapshot: claims.items an object": snapshotEvent(part("claims", { items: {} })),
    "snapshot: references.sample null": snapshotEvent(part("references", { sample: null })),
  },
  RECORD_HASH_MISMATCH: {
    "another digest": recordEvent({ canonical_record: record, canonical_sha256: "0".repeat(64) }),
    "a digest in upper case": recordEvent({
      canonical_record: record,
      canonical_sha256: recordDigest.toUpperCase(),
    }),
    "another record": recordEvent({
      canonical_record: otherRecord,
      canonical_sha256: sha256OfValue(otherRecord),
    }),
    "another year": recordEvent({ canonical_record: otherYear, canonical_sha256: sha256OfValue(otherYear) }),
    "another digest, with a wrong receipt": recordEvent({
      ...withReceipt({ key_id: "x" }),
      canonical_sha256: "0",
    }),
  },
  RECEIPT_INVALID: {
    "a string": recordEvent(recordPayload("signed")),
    false: recordEvent(recordPayload(false)),
    "another algorithm": recordEvent(withReceipt({ algorithm: "ed25519ph" })),
    "another signed_message": recordEvent(withReceipt({ signed_message: "event_sha256_bytes" })),
    "another digest": recordEvent(withReceipt({ canonical_sha256: "0".repeat(64) })),
    "another key_id": recordEvent(withReceipt({ key_id: rotated.key_id })),
    "another fingerprint": recordEvent(
      withReceipt({ public_key_fingerprint: signerOf(rotated).public_key_fingerprint }),
    ),
    "by another key of the same signer": recordEvent(recordPayload(receiptOf(rotated))),
    "a signature by another key": recordEvent(
      withReceipt({ signature_b64: receiptOf(stranger)["signature_b64"] as string }),
    ),
    "a signature that is null": recordEvent(withReceipt({ signature_b64: null })),
  },
  SNAPSHOT_HASH_MISMATCH: {
    "claims: no count": snapshotEvent(({ claims, ...rest }) => {
      const { count: _, ...part } = claims as JsonObject;
      return { ...rest, claims: part };
    }),
    "claims: count negative": snapshotEvent(part("claims", { count: -1, items: [] })),
    "claims: count too high": snapshotEvent(part("claims", { count: 2 })),
    "claims: count too low": snapshotEvent(part("claims", { count: 0 })),
    "claims: count a string": snapshotEvent(part("claims", { count: "1" })),
    "claims: another hash": snapshotEvent(part("claims", { snapshot_sha256: "0".repeat(64) })),
    "claims: another item": snapshotEvent(part("claims", { items: [{ claim_id: "C2" }] })),
    "references: count too low": snapshotEvent(part("references", { count: 0 })),
    "references: another hash when all are listed": snapshotEvent(
      part("references", { snapshot_sha256: "0".repeat(64) }),
    ),
    "references: a malformed hash when some are listed": snapshotEvent(
      part("references", { count: 26, snapshot_sha256: "A".repeat(64) }),
    ),
    "author_claims: a wrong hash of an empty list": snapshotEvent(
      part("author_claims", { snapshot_sha256: "0".repeat(64) }),
    ),
    "author_claims: no hash": snapshotEvent((snapshot) => ({ ...snapshot, author_claims: { count: 3 } })),
    "formal_canon: count instead of evidence_count": snapshotEvent((snapshot) => ({
      ...snapshot,
      formal_canon: { count: 0, snapshot_sha256: "0".repeat(64) },
    })),
    "formal_canon: a wrong hash of an empty list": snapshotEvent(
      part("formal_canon", { snapshot_sha256: "0".repeat(64) }),
    ),
  },
};

describe("verifyEventCopy, rules 7 and 8", () => {
  const rows = Object.entries(faults).flatMap(([reason, cases]) =>
    Object.entries(cases).map(([what, value]) => [reason, what, value as JsonObject] as const),
  );

  test.each(rows)("accepts as invalid with %s: %s", (reason, _, value) => {
    expect(judge(value, "signed")).toMatchObject({
      accepted: true,
      event: { fault: reason, proof: "signed" },
    });
    // An invalid event is kept, counted and listed, but never applied.
    const { states } = mergeDocuments([bundleText([value])], keyring);
    const state = states.get(pithNumber);
    expect(state?.events.get(value["event_id"] as never)).toMatchObject({ status: "invalid", reason });
    expect(state?.applied).toEqual([]);
    expect(state?.text).toContain(
      `"invalid_events":[{"event_id":"${value["event_id"]}","reason":"${reason}"}]`,
    );
  });

  test.each<[what: string, value: JsonValue]>([
    ["a record without a receipt", recordEvent({ canonical_record: record, canonical_sha256: recordDigest })],
    ["a record with null instead of a receipt", recordEvent(recordPayload(null))],
    ["a record with its receipt", recordEvent(recordPayload(receiptOf(registry)))],
    ["a receipt with unknown members", recordEvent(withReceipt({ signed_at: 5 }))],
    ["a snapshot with all its lists", snapshotEvent((snapshot) => snapshot)],
    [
      "a part of the references",
      snapshotEvent(part("references", { count: 26, snapshot_sha256: "0".repeat(64) })),
    ],
    [
      "a snapshot without author_claims and formal_canon",
      snapshotEvent(({ paper, claims, references }) => ({ paper, claims, references }) as JsonObject),
    ],
    [
      "author_claims with a count above 0",
      snapshotEvent(part("author_claims", { count: 3, snapshot_sha256: "0".repeat(64) })),
    ],
    [
      "formal_canon with a count above 0",
      snapshotEvent(part("formal_canon", { evidence_count: 3, snapshot_sha256: "0".repeat(64) })),
    ],
    [
      "counts beyond 2^53",
      snapshotEvent(part("references", { count: 2n ** 60n, snapshot_sha256: "0".repeat(64) })),
    ],
    [
      "any payload of another type",
      signedEvent(registry, { event_type: "mirror_hint", payload: { graph_snapshot: 5 } }),
    ],
  ])("accepts as valid: %s", (_, value) => {
    expect(judge(value, "signed")).toMatchObject({ accepted: true, event: { fault: null } });
  });
});

/** @threat T1 */
test("the cases cover every reason for rejecting and invalidating events", () => {
  const all = Object.entries({ ...refusals, ...faults, ...links });
  expect(all.map(([reason]) => reason)).toEqual([...rejectionReasons, ...faultReasons, ...linkReasons]);
  expect(all.filter(([, cases]) => Object.keys(cases).length === 0)).toEqual([]);
});

describe("the proof of an event", () => {
  const recordBy = (receipt: JsonValue, links: Pick<BodyFields, "prev_event" | "supersedes"> = {}) =>
    unsignedEvent(registry, { event_type: "record_created", payload: recordPayload(receipt), ...links });

  test.each<[proof: Proof, what: string, value: JsonValue]>([
    ["signed", "a signed event", sound],
    ["receipt", "a record with its receipt", recordBy(receiptOf(registry))],
    ["hash", "a record without a receipt", recordBy(null)],
    ["hash", "a record with a receipt by another key", recordBy(receiptOf(rotated))],
    [
      "hash",
      "a record with its receipt that follows another event",
      recordBy(receiptOf(registry), { prev_event: id }),
    ],
    [
      "hash",
      "a record with its receipt that supersedes another event",
      recordBy(receiptOf(registry), { supersedes: [id] }),
    ],
    [
      "hash",
      "another type with a receipt in its payload",
      unsignedEvent(registry, { event_type: "correction", payload: recordPayload(receiptOf(registry)) }),
    ],
    [
      "hash",
      "a record for another target, with its receipt",
      unsignedEvent(registry, {
        event_type: "record_created",
        target: "x",
        payload: recordPayload(receiptOf(registry)),
      }),
    ],
  ])("is %s for %s", (proof, _, value) => {
    expect(judge(value, "hash")).toMatchObject({ accepted: true, event: { proof } });
    for (const [minimum, others] of [
      ["receipt", ["hash"]],
      ["signed", ["hash", "receipt"]],
    ] as const) {
      expect(judge(value, minimum).accepted).toBe(!(others as readonly string[]).includes(proof));
    }
  });

  test("is hash for a record with a receipt if it does not date its Pith number", () => {
    for (const [submittedAt, proof] of [
      ["2023-02-23T17:34:53Z", "receipt"],
      ["2023-", "receipt"],
      ["2023/02/23", "hash"],
      ["02023-02-23", "hash"],
      [2023, "hash"],
    ] as const) {
      const undated = { ...record, metadata: { submitted_at: submittedAt } };
      const digest = sha256OfValue(undated);
      const number = `pith:2023:${suffixOfDigest(digest)}` as PithNumber;
      const value = unsignedEvent(registry, {
        event_type: "record_created",
        subject_pith_number: number,
        payload: {
          canonical_record: undated,
          canonical_sha256: digest,
          receipt: receiptOf(registry, digest),
        },
      });
      expect(verifyEventCopy(value, { pithNumber: number, keyring, minimumProof: "hash" })).toMatchObject({
        event: { fault: null, proof },
      });
    }
  });

  /** @threat T7 */
  test("is hash for a record with a receipt if its key may not sign records", () => {
    const limited = createKeyring([{ ...registry, event_types: ["correction"] }]);
    const value = recordBy(receiptOf(registry));
    const judgement = verifyEventCopy(value, { pithNumber, keyring: limited, minimumProof: "hash" });
    expect(judgement).toMatchObject({
      accepted: true,
      event: { proof: "hash", fault: "EVENT_TYPE_NOT_ALLOWED" },
    });
  });
});

const earlier = { created_at: "2026-06-09T00:00:00Z" };
const base = signedEvent(registry, { event_type: "correction" });
const faulty = signedEvent(registry, { event_type: "correction", prev_event: id });
const building = (fields: JsonObject, key = registry) =>
  signedEvent(key, { event_type: "correction", ...fields, payload: { building: true } });

/** The last event of each list is invalid because of a link. */
const links: Record<LinkReason, Record<string, JsonObject[]>> = {
  PREV_EVENT_UNRESOLVED: {
    "a missing event": [building({ prev_event: id })],
    "an event that is itself invalid": [faulty, building({ prev_event: faulty.event_id })],
    "a missing event, with supersedes that are missing too": [building({ prev_event: id, supersedes: [id] })],
  },
  SUPERSEDES_UNRESOLVED: {
    "a missing event": [building({ supersedes: [id] })],
    "one of two missing": [base, building({ supersedes: [base.event_id, id] })],
    "an event that is itself invalid": [faulty, building({ supersedes: [faulty.event_id] })],
    "one missing and one forbidden": [
      signedEvent(rotated, { event_type: "mirror_hint" }),
      building({ supersedes: [signedEvent(rotated, { event_type: "mirror_hint" }).event_id, id] }),
    ],
  },
  SUPERSEDES_FORBIDDEN: {
    "an event of another signer": [
      signedEvent(author, { event_type: "citation_signature" }),
      signedEvent(registry, {
        event_type: "citation_signature",
        supersedes: [signedEvent(author, { event_type: "citation_signature" }).event_id],
      }),
    ],
    "an event of another type": [
      base,
      signedEvent(registry, { event_type: "mirror_hint", supersedes: [base.event_id] }),
    ],
    "an event with another target": [base, building({ supersedes: [base.event_id], target: "other" })],
    "a better proved event": [
      base,
      unsignedEvent(rotated, { event_type: "correction", supersedes: [base.event_id] }),
    ],
    "an event with another target that was created later": [
      base,
      building({ ...earlier, supersedes: [base.event_id], target: "other" }),
    ],
  },
  CREATED_BEFORE_LINK: {
    "before its prev_event": [base, building({ ...earlier, prev_event: base.event_id })],
    "before what it supersedes": [base, building({ ...earlier, supersedes: [base.event_id] })],
    "a microsecond before": [
      base,
      building({ created_at: "2026-06-10T11:59:59.999999Z", prev_event: base.event_id }),
    ],
  },
};

describe("mergeDocuments, rule 9", () => {
  const rows = Object.entries(links).flatMap(([reason, cases]) =>
    Object.entries(cases).map(([what, events]) => [reason, what, events] as const),
  );

  test.each(rows)("marks as invalid with %s: %s", (reason, _, events) => {
    const { states } = mergeDocuments([bundleText(events)], keyring);
    const last = events.at(-1)?.["event_id"] as string;
    const state = states.get(pithNumber);
    expect([...(state?.events ?? [])].find(([key]) => key === last)?.[1]).toMatchObject({
      status: "invalid",
      reason,
    });
    expect(state?.applied).not.toContain(last);
  });

  test("makes an event valid once the event that it links to arrives", () => {
    const event = building({ prev_event: base.event_id });
    const alone = mergeDocuments([bundleText([event])], keyring).states.get(pithNumber);
    const both = mergeDocuments([bundleText([event]), bundleText([base])], keyring).states.get(pithNumber);
    expect([alone?.validCount, both?.validCount]).toEqual([0, 2]);
    expect(both?.applied).toEqual([base.event_id, event.event_id]);
  });

  test("lets another key of the same signer_id supersede, even at the same instant", () => {
    const event = building({ supersedes: [base.event_id] }, rotated);
    const state = mergeDocuments([bundleText([base, event])], keyring).states.get(pithNumber);
    expect(state?.current.get("correction")?.map((entry) => entry.event.id)).toEqual([event.event_id]);
  });

  /** @threat T4 */
  test("does not let an event with a receipt vouch for the events that it links to", () => {
    const below = unsignedEvent(registry, { event_type: "correction" });
    for (const links of [{ prev_event: below.event_id }, { supersedes: [below.event_id] }]) {
      const above = unsignedEvent(registry, {
        event_type: "record_created",
        payload: recordPayload(receiptOf(registry)),
        ...links,
      });
      const state = mergeDocuments([bundleText([below, above])], keyring).states.get(pithNumber);
      expect([...(state?.events.values() ?? [])].map(({ standing }) => standing)).toEqual(["hash", "hash"]);
    }
  });

  test("lets a signed event vouch through an unsigned one, but not for another signer's", () => {
    const others = unsignedEvent(rotated, { event_type: "correction" });
    const first = unsignedEvent(registry, { event_type: "correction", prev_event: others.event_id });
    const second = building({ supersedes: [first.event_id] });
    const events = [others, first, second];
    const state = mergeDocuments([bundleText(events)], keyring).states.get(pithNumber);
    const standings = events.map(({ event_id: eventId }) => state?.events.get(eventId as EventId)?.standing);
    expect(standings).toEqual(["hash", "signed", "signed"]);
  });

  test("gives an unsigned event the effective proof signed if a signed one of its signer links to it", () => {
    const below = unsignedEvent(registry, { event_type: "correction" });
    const above = building({ prev_event: below.event_id });
    const state = mergeDocuments([bundleText([below, above])], keyring).states.get(pithNumber);
    const entries = [...(state?.events.values() ?? [])];
    expect(entries.map(({ event, standing }) => [event.proof, standing]).sort()).toEqual([
      ["hash", "signed"],
      ["signed", "signed"],
    ]);
  });
});
