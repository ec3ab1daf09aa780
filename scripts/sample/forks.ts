import { type EventId, type JsonObject, sha256OfValue } from "../../src/protocol/index.ts";
import {
  bundleOf,
  graphSnapshot,
  recordCreated,
  recordOf,
  type SamplePaper,
  signedEvent,
  snapshotFields,
  snapshotOf,
  unsignedEvent,
} from "../../src/sample/index.ts";

/** Synthetic papers with events of every status. */
export function forkBundles(): JsonObject[] {
  return [fork(), doubtfulEvents()];
}

/**
 * A snapshot that another one replaces (SUPERSEDED, CURRENT), and a third in the same place as the second: it is later
 * and therefore NOT_APPLIED, and the place is an equivocation (PROTOCOL 6.2).
 */
function fork(): JsonObject {
  const paper = syntheticPaper("fork", "Sample: a fork");
  const record = recordOf(paper);
  const first = graphSnapshot(
    record,
    snapshotSaying(paper, "The first snapshot, which the second replaces."),
    {
      createdAt: "2026-01-02T00:00:00Z",
    },
  );
  const replacesFirst = { prevEvent: first.event_id, supersedes: [first.event_id] };
  const second = graphSnapshot(record, snapshotSaying(paper, "The second snapshot, which is current."), {
    ...replacesFirst,
    createdAt: "2026-01-03T00:00:00Z",
  });
  const rival = graphSnapshot(
    record,
    snapshotSaying(paper, "A rival of the second: the same signer built both upon the first."),
    { ...replacesFirst, createdAt: "2026-01-04T00:00:00Z" },
  );
  return bundleOf(record, [recordCreated(record), first, second, rival]);
}

/**
 * A valid snapshot, events that are rejected as UNSIGNED unless the source's minimum proof is `hash` (an unsigned copy
 * of that snapshot, and another unsigned one), and signed but INVALID events.
 */
function doubtfulEvents(): JsonObject {
  const paper = syntheticPaper("doubtful-events", "Sample: unsigned and invalid events");
  const record = recordOf(paper);
  const good = snapshotFields(snapshotSaying(paper, "The signed snapshot, which is current."), {
    createdAt: "2026-01-02T00:00:00Z",
  });
  const unsigned = snapshotFields(snapshotSaying(paper, "A later snapshot that nobody signed."), {
    createdAt: "2026-01-03T00:00:00Z",
  });
  const altered = snapshotSaying(paper, "Claims under the hash of other claims.");
  const alteredClaims = {
    ...(altered["claims"] as JsonObject),
    snapshot_sha256: sha256OfValue("other claims"),
  };
  const lost = `sha256:${sha256OfValue("an event that is nowhere")}` as EventId;
  return bundleOf(record, [
    recordCreated(record),
    signedEvent(record, good),
    unsignedEvent(record, good),
    unsignedEvent(record, unsigned),
    // SNAPSHOT_HASH_MISMATCH
    graphSnapshot(record, { ...altered, claims: alteredClaims }, { createdAt: "2026-01-04T00:00:00Z" }),
    // PREV_EVENT_UNRESOLVED
    graphSnapshot(record, snapshotSaying(paper, "Built upon an event that is nowhere."), {
      createdAt: "2026-01-05T00:00:00Z",
      prevEvent: lost,
    }),
    // EVENT_TYPE_NOT_ALLOWED
    signedEvent(record, {
      type: "correction",
      target: "paper",
      payload: { note: "The sample key may sign no corrections." },
      createdAt: "2026-01-06T00:00:00Z",
    }),
  ]);
}

function syntheticPaper(id: string, title: string): SamplePaper {
  return {
    source: { kind: "sample", id, version: 1 },
    submittedAt: "2026-01-01T00:00:00Z",
    license: "http://creativecommons.org/publicdomain/zero/1.0/",
    title,
    authorsText: "Nobody",
    abstract: "This paper does not exist. It shows what may become of events.",
    primaryCategory: "sample",
    crossCategories: [],
    claims: [],
    references: [],
  };
}

function snapshotSaying(paper: SamplePaper, text: string): JsonObject {
  const claims = [{ kind: "sample", source: "sample", text }];
  return snapshotOf({ ...paper, claims }, () => false);
}
