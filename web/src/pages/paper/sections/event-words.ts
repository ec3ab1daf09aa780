import type { graphql } from "../../../api/graphql.ts";

type EventType = ReturnType<typeof graphql.scalar<"EventType">>;
type EventStatus = ReturnType<typeof graphql.scalar<"EventStatus">>;

export const eventTypes: Readonly<Record<EventType, string>> = {
  RECORD_CREATED: "Record created",
  GRAPH_SNAPSHOT: "Snapshot of metadata, claims and references",
  AUTHOR_ATTESTATION: "An author stands to it",
  TIMESTAMP_ANCHOR: "Witness of a time",
  STORAGE_ATTESTATION: "A copy is kept",
  CITATION_SIGNATURE: "Meaning of a citation",
  REPLICATION_RECORD: "A result was tried again",
  CORRECTION: "Correction",
  MIRROR_HINT: "Hint at a mirror",
  UNKNOWN: "Event of an unknown type",
};

export const statuses: Readonly<Record<EventStatus, { readonly name: string; readonly meaning: string }>> = {
  CURRENT: { name: "in force", meaning: "Applied, and part of what is shown." },
  SUPERSEDED: { name: "superseded", meaning: "A later event of its signer has taken its place." },
  NOT_APPLIED: {
    name: "not applied",
    meaning:
      "Valid, but its place is held by another event: a fork, where its signer filled one place twice, or an event that is proved less than its rival.",
  },
  INVALID: { name: "invalid", meaning: "Authentic, yet wrong: kept and counted, never applied." },
};

/** Why an event is invalid, by the codes of PROTOCOL section 5. */
export const invalidReasons: Readonly<Record<string, string>> = {
  UNKNOWN_EVENT_TYPE: "Its type is none of the protocol's.",
  EVENT_TYPE_NOT_ALLOWED: "Its key may not sign events of this type.",
  MALFORMED_PAYLOAD: "What it says has not the form of its type.",
  RECORD_HASH_MISMATCH: "Its record has another hash than the Pith number is made of.",
  RECEIPT_INVALID: "The receipt in it does not verify.",
  SNAPSHOT_HASH_MISMATCH: "A list in its snapshot has another hash than it gives.",
  PREV_EVENT_UNRESOLVED: "The event that it follows is not here, or is not valid.",
  SUPERSEDES_UNRESOLVED: "An event that it would take the place of is not here, or is not valid.",
  SUPERSEDES_FORBIDDEN: "It would take the place of an event that is not its to replace.",
  CREATED_BEFORE_LINK: "It is older than an event that it builds on.",
};
