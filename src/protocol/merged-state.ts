import type { AcceptedEvent } from "./accepted-event.ts";
import { type AliasRecord, mergeAliases, type StateAlias } from "./aliases.ts";
import type { InvalidReason } from "./error-codes.ts";
import type { EventType } from "./event-types.ts";
import type { EventId, PithNumber } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Equivocation } from "./places.ts";
import { isAtLeast, type Proof, proofRank } from "./proof.ts";

/** The outcome of an event in the merge. */
export type EventStatus = "current" | "superseded" | "not_applied" | "invalid";

export type MergedEvent = {
  readonly event: AcceptedEvent;
  readonly standing: Proof;
  readonly status: EventStatus;
  /** Set if the status is `invalid`. */
  readonly reason: InvalidReason | null;
};

/** The state of one paper: a pure function of its set of events, the aliases, and the keyring. */
export type MergedState = {
  readonly pithNumber: PithNumber;
  /** The `state_sha256`. */
  readonly sha256: string;
  /** The canonical text of the state document, including `state_sha256`. */
  readonly text: string;
  /** All events of the set: the valid ones in merge order, then the invalid ones by id. */
  readonly events: ReadonlyMap<EventId, MergedEvent>;
  readonly validCount: number;
  /** Applied events in merge order, superseded ones included. */
  readonly applied: readonly EventId[];
  /** By type, the applied events that are not superseded, in merge order. */
  readonly current: ReadonlyMap<EventType, readonly MergedEvent[]>;
  readonly recordCreated: MergedEvent | null;
  readonly canonicalRecord: JsonObject | null;
  readonly aliases: readonly StateAlias[];
  readonly equivocations: readonly Equivocation[];
  /** Whether malformed aliases, or aliases that contradict the record, were dropped: `ALIAS_INCONSISTENT`. */
  readonly hasInconsistentAliases: boolean;
};

/** An event of a state whose content is displayed. */
export type DisplayedEvent = {
  readonly event: Pick<AcceptedEvent, "id" | "createdAt" | "payload">;
  readonly standing: Proof;
};

/** The contents of a merged state, apart from its list of events. */
export type StateSummary = Pick<
  MergedState,
  "pithNumber" | "sha256" | "validCount" | "canonicalRecord" | "aliases" | "hasInconsistentAliases"
> & {
  readonly eventCount: number;
  readonly equivocationCount: number;
  readonly recordCreated: DisplayedEvent | null;
  /** The current snapshot (PROTOCOL section 7). */
  readonly snapshot: DisplayedEvent | null;
  /** Whether an event of this type is invalid for this reason. */
  readonly hasInvalid: (type: EventType, reason: string) => boolean;
};

export function summaryOf(state: MergedState): StateSummary {
  return {
    ...state,
    eventCount: state.events.size,
    equivocationCount: state.equivocations.length,
    snapshot: currentSnapshot(state),
    hasInvalid: (type, reason) => {
      for (const entry of state.events.values()) {
        if (entry.reason === reason && entry.event.type === type) return true;
      }
      return false;
    },
  };
}

/**
 * The current snapshot (PROTOCOL section 7): of the current graph_snapshots with the highest effective proof, the last
 * in merge order. Null if there is none.
 */
export function currentSnapshot<Entry extends { readonly standing: Proof }>(state: {
  readonly current: ReadonlyMap<EventType, Iterable<Entry>>;
}): Entry | null {
  return firstOfHighestProof([...(state.current.get("graph_snapshot") ?? [])].reverse());
}

/** Null if there is none. */
export function firstOfHighestProof<Entry extends { readonly standing: Proof }>(
  entries: Iterable<Entry>,
): Entry | null {
  let best: Entry | null = null;
  for (const entry of entries) {
    if (best === null || proofRank(entry.standing) > proofRank(best.standing)) best = entry;
  }
  return best;
}

/** The members that follow from the current `record_created` and the aliases from documents (PROTOCOL 6.3). */
export function recordMembers(
  pithNumber: PithNumber,
  created: DisplayedEvent | null,
  documentAliases: Iterable<JsonValue>,
): { canonicalRecord: JsonObject | null; aliases: StateAlias[]; hasInconsistentAliases: boolean } {
  const canonicalRecord = (created?.event.payload["canonical_record"] as JsonObject | undefined) ?? null;
  const known: AliasRecord | null = created && {
    record: canonicalRecord,
    provedAt: isAtLeast(created.standing, "receipt") ? created.event.createdAt : null,
  };
  const { aliases, isInconsistent } = mergeAliases(documentAliases, pithNumber, known);
  return { canonicalRecord, aliases, hasInconsistentAliases: isInconsistent };
}
