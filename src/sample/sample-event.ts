import { canonicalJson, type EventId, eventIdOf, type JsonObject } from "../protocol/index.ts";
import type { SampleRecord } from "./canonical-record.ts";
import { sampleSigner, signDigest } from "./sample-key.ts";

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
