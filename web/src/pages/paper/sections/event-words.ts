import type { graphql } from "../../../api/graphql.ts";

type EventType = ReturnType<typeof graphql.scalar<"EventType">>;
type EventStatus = ReturnType<typeof graphql.scalar<"EventStatus">>;

export const eventTypes: Readonly<Record<EventType, string>> = {
  RECORD_CREATED: "Record created",
  GRAPH_SNAPSHOT: "Snapshot of metadata, claims and references",
  AUTHOR_ATTESTATION: "Author attestation",
  TIMESTAMP_ANCHOR: "Timestamp",
  STORAGE_ATTESTATION: "Storage attestation",
  CITATION_SIGNATURE: "Citation meaning",
  REPLICATION_RECORD: "Replication",
  CORRECTION: "Correction",
  MIRROR_HINT: "Mirror hint",
  UNKNOWN: "Unknown event type",
};

export const statuses: Readonly<Record<EventStatus, { readonly name: string; readonly meaning: string }>> = {
  CURRENT: { name: "current", meaning: "Applied, and part of what is shown." },
  SUPERSEDED: { name: "superseded", meaning: "Replaced by a later event of its signer." },
  NOT_APPLIED: {
    name: "not applied",
    meaning:
      "Valid, but another event takes precedence: its signer published two versions (a fork), or the other event has stronger evidence.",
  },
  INVALID: { name: "invalid", meaning: "Authentic but wrong: stored, never applied." },
};

/** Why an event is invalid, by the codes of PROTOCOL section 5. */
export const invalidReasons: Readonly<Record<string, string>> = {
  UNKNOWN_EVENT_TYPE: "Its type is not part of the protocol.",
  EVENT_TYPE_NOT_ALLOWED: "Its key may not sign events of this type.",
  MALFORMED_PAYLOAD: "Its payload does not have the form of its type.",
  RECORD_HASH_MISMATCH: "Its record does not match the Pith number.",
  RECEIPT_INVALID: "Its receipt is invalid.",
  SNAPSHOT_HASH_MISMATCH: "A list in its snapshot does not match the stated hash.",
  PREV_EVENT_UNRESOLVED: "The event that it follows is missing or invalid.",
  SUPERSEDES_UNRESOLVED: "An event that it would replace is missing or invalid.",
  SUPERSEDES_FORBIDDEN: "It would replace an event that it may not replace.",
  CREATED_BEFORE_LINK: "It is older than an event that it builds on.",
};
