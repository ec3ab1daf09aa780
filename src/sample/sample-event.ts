import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import {
  canonicalJson,
  canonicalTextSha256,
  type EventId,
  eventIdOf,
  fingerprintOf,
  type JsonObject,
  type KeyringEntry,
  type PithNumber,
  type Signer,
  sha256OfValue,
  suffixOfDigest,
} from "../protocol/index.ts";
import type { SamplePaper } from "./sample-paper.ts";

/**
 * The sample's own key. Its secret is the SHA-256 of this published text, so that everyone gets the same bytes: a
 * signature by it proves only that the sample is complete. It is not a key of the registry and belongs only in the
 * keyring of a sample or demonstration.
 */
const publishedSecret = "pith-graph sample key: published, so it proves nothing";

const secret = createHash("sha256").update(publishedSecret).digest("hex");

// PKCS #8 prefix of an Ed25519 secret (RFC 8410), the only form in which node:crypto reads a raw one.
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${secret}`, "hex"),
  format: "der",
  type: "pkcs8",
});

// The raw key is the last 32 bytes of its SubjectPublicKeyInfo.
const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);

/** The key's entry in `sample/keyring.json`. */
export const sampleKey: KeyringEntry = {
  key_id: "pith-graph-sample",
  signer_id: "sample.pith-graph.invalid",
  signer_type: "sample",
  public_key_b64: publicKey.toString("base64"),
  event_types: ["record_created", "graph_snapshot"],
};

export const sampleSigner: Signer = {
  key_id: sampleKey.key_id,
  public_key_fingerprint: fingerprintOf(publicKey),
  signer_id: sampleKey.signer_id,
  signer_type: sampleKey.signer_type,
};

/** Base64 of the Ed25519 signature over the 32 bytes of a hex digest. Deterministic, as Ed25519 is. */
function signDigest(hexDigest: string): string {
  return sign(null, Buffer.from(hexDigest, "hex"), privateKey).toString("base64");
}

/** A canonical record with the values derived from it. PROTOCOL section 2. */
export type SampleRecord = {
  readonly value: JsonObject;
  readonly sha256: string;
  readonly pithNumber: PithNumber;
  readonly source: SamplePaper["source"];
};

export function recordOf(paper: SamplePaper): SampleRecord {
  const { source } = paper;
  const value: JsonObject = {
    metadata: {
      // An unknown abstract has no hash; that of "" would mean that it is known to be empty.
      abstract_canon_sha256: paper.abstract === null ? null : canonicalTextSha256(paper.abstract),
      cross_cats_sorted: [...paper.crossCategories].sort(),
      license: paper.license,
      primary_cat: paper.primaryCategory,
      submitted_at: paper.submittedAt,
      title_canon_sha256: canonicalTextSha256(paper.title),
    },
    schema_version: "1.0",
    source: { ...source },
  };
  const sha256 = sha256OfValue(value);
  const pithNumber = `pith:${paper.submittedAt.slice(0, 4)}:${suffixOfDigest(sha256)}` as PithNumber;
  return { value, sha256, pithNumber, source };
}

/** The time of every event in the sample: fixed, so that the output is the same on every run. */
export const sampleTime = "2026-01-01T00:00:00Z";

export const sampleBuilder = "pith-graph-sample-v1";

/** The fields in which the events of a paper differ. */
export type EventFields = {
  type: string;
  target: string;
  payload: JsonObject;
  createdAt?: string;
  prevEvent?: EventId | null;
  supersedes?: EventId[];
};

/** An event as in a bundle, by the sample key. PROTOCOL sections 2 and 3. */
export type SampleEvent = JsonObject & { event_id: EventId };

/** An unsigned event. */
export function unsignedEvent(record: SampleRecord, fields: EventFields): SampleEvent {
  const body = {
    created_at: fields.createdAt ?? sampleTime,
    event_type: fields.type,
    payload: fields.payload,
    prev_event: fields.prevEvent ?? null,
    schema_version: "1.0",
    signer: sampleSigner,
    subject_pith_number: record.pithNumber,
    supersedes: fields.supersedes ?? [],
    target: fields.target,
  };
  return { ...body, event_id: eventIdOf(canonicalJson(body)) };
}

export function signedEvent(record: SampleRecord, fields: EventFields): SampleEvent {
  const event = unsignedEvent(record, fields);
  const signature = {
    algorithm: "ed25519",
    key_id: sampleSigner.key_id,
    signature_b64: signDigest(event.event_id.slice("sha256:".length)),
    signed_message: "event_sha256_bytes",
  };
  return { ...event, signature };
}

/** The signed `record_created` of a record, with its receipt. */
export function recordCreated(record: SampleRecord): SampleEvent {
  return signedEvent(record, {
    type: "record_created",
    target: "record",
    payload: {
      attestation_state: "computed",
      canonical_record: record.value,
      canonical_sha256: record.sha256,
      receipt: receiptOf(record),
      source_id: record.source.id,
      source_kind: record.source.kind,
      source_version: record.source.version,
    },
  });
}

/** A signed `graph_snapshot`. */
export function graphSnapshot(
  record: SampleRecord,
  snapshot: JsonObject,
  links: Omit<EventFields, "type" | "target" | "payload"> = {},
): SampleEvent {
  return signedEvent(record, snapshotFields(snapshot, links));
}

export function snapshotFields(
  snapshot: JsonObject,
  links: Omit<EventFields, "type" | "target" | "payload"> = {},
): EventFields {
  return { ...links, type: "graph_snapshot", target: "graph", payload: { graph_snapshot: snapshot } };
}

function receiptOf(record: SampleRecord): JsonObject {
  return {
    algorithm: "ed25519",
    builder_version: sampleBuilder,
    canonical_sha256: record.sha256,
    first_computed_at: sampleTime,
    key_id: sampleSigner.key_id,
    kind: "pith_receipt",
    last_reissued_at: sampleTime,
    public_key_fingerprint: sampleSigner.public_key_fingerprint,
    receipt_version: "0.3",
    signature_b64: signDigest(record.sha256),
    signature_status: "signed_v1",
    signed_at: sampleTime,
    signed_message: "canonical_sha256_bytes",
  };
}
