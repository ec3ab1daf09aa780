import {
  canonicalJson,
  type JsonObject,
  type JsonValue,
  type PithNumber,
  sha256OfValue,
  suffixOfDigest,
} from "../../src/protocol/index.ts";
import {
  type BodyFields,
  receiptOf,
  registry,
  signedEvent,
  snapshotPayload,
  unsignedEvent,
} from "../protocol/signed-events.ts";

/** A paper to write bundles of. */
export type PaperPlan = {
  readonly arxivId?: string;
  readonly version?: number;
  readonly submittedAt?: string;
  /** Members of the record's metadata that are added to the default ones, or replace them. */
  readonly metadata?: JsonObject;
  /** Replaces the source made of the arXiv id. */
  readonly source?: JsonValue;
};

export type TestPaper = {
  readonly pithNumber: PithNumber;
  readonly record: JsonObject;
  readonly digest: string;
};

export function testPaper(plan: PaperPlan = {}): TestPaper {
  const { arxivId = "2301.00001", version = 1, submittedAt = "2023-01-02T03:04:05Z", metadata = {} } = plan;
  const record: JsonObject = {
    metadata: { submitted_at: submittedAt, ...metadata },
    schema_version: "1.0",
    source: plan.source === undefined ? { id: arxivId, kind: "arxiv", version } : plan.source,
  };
  const digest = sha256OfValue(record);
  return {
    pithNumber: `pith:${submittedAt.slice(0, 4)}:${suffixOfDigest(digest)}` as PithNumber,
    record,
    digest,
  };
}

/** The bundle of a paper: its record with a receipt, and the given events. */
export function bundleOfPaper(
  plan: PaperPlan,
  eventsOf: (paper: TestPaper) => readonly JsonValue[] = () => [],
  more: JsonObject = {},
): string {
  const paper = testPaper(plan);
  return canonicalJson({
    bundle_type: "pith_open_graph_bundle",
    bundle_version: "1.0",
    pith_number: paper.pithNumber,
    canonical_record: paper.record,
    canonical_sha256: paper.digest,
    source_aliases: [],
    events: [recordEvent(paper), ...eventsOf(paper)],
    ...more,
  });
}

export function recordEvent({ pithNumber, record, digest }: TestPaper): JsonObject {
  return signedEvent(registry, {
    created_at: "2026-06-10T00:00:00Z",
    event_type: "record_created",
    subject_pith_number: pithNumber,
    payload: { canonical_record: record, canonical_sha256: digest, receipt: receiptOf(registry, digest) },
  });
}

type SnapshotPlan = Partial<BodyFields> & {
  readonly claims?: JsonValue[];
  readonly references?: JsonValue[];
  readonly paper?: JsonObject;
  /** Members of the snapshot that are added to the default ones, or replace them. */
  readonly snapshot?: JsonObject;
  readonly isSigned?: boolean;
};

export function snapshotEvent(
  { pithNumber }: TestPaper,
  { claims = [], references = [], paper = {}, snapshot = {}, isSigned = true, ...fields }: SnapshotPlan = {},
): JsonObject {
  const payload = snapshotPayload(claims, references, paper);
  return (isSigned ? signedEvent : unsignedEvent)(registry, {
    created_at: "2026-06-11T00:00:00Z",
    event_type: "graph_snapshot",
    subject_pith_number: pithNumber,
    payload: { graph_snapshot: { ...payload.graph_snapshot, ...snapshot } },
    ...fields,
  });
}
