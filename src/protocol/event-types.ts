/** The nine event types, in the order that breaks ties of time (PROTOCOL 6.1), with the list of each in a state. */
export const eventLists = {
  record_created: "record_created",
  graph_snapshot: "graph_snapshots",
  author_attestation: "author_attestations",
  timestamp_anchor: "timestamp_anchors",
  storage_attestation: "storage_attestations",
  citation_signature: "citation_signatures",
  replication_record: "replication_records",
  correction: "corrections",
  mirror_hint: "mirror_hints",
} as const;

export type EventType = keyof typeof eventLists;

export const eventTypes = Object.keys(eventLists) as EventType[];

export function isEventType(value: unknown): value is EventType {
  return typeof value === "string" && Object.hasOwn(eventLists, value);
}
