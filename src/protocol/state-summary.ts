import type { AcceptedEvent } from "./accepted-event.ts";
import { type AliasRecord, mergeAliases, type StateAlias } from "./aliases.ts";
import type { EventType } from "./event-types.ts";
import type { PithNumber } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { MergedState } from "./merged-state.ts";
import { isAtLeast, type Proof, proofRank } from "./proof.ts";

/** An event of a state whose content is displayed. */
export type ShownEvent = {
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
  readonly recordCreated: ShownEvent | null;
  /** The current snapshot (PROTOCOL section 7). */
  readonly snapshot: ShownEvent | null;
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
  return firstOfHighestStanding([...(state.current.get("graph_snapshot") ?? [])].reverse());
}

/** Null if there is none. */
export function firstOfHighestStanding<Entry extends { readonly standing: Proof }>(
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
  created: ShownEvent | null,
  brought: Iterable<JsonValue>,
): { canonicalRecord: JsonObject | null; aliases: StateAlias[]; hasInconsistentAliases: boolean } {
  const canonicalRecord = (created?.event.payload["canonical_record"] as JsonObject | undefined) ?? null;
  const known: AliasRecord | null = created && {
    record: canonicalRecord,
    provedAt: isAtLeast(created.standing, "receipt") ? created.event.createdAt : null,
  };
  const { aliases, isInconsistent } = mergeAliases(brought, pithNumber, known);
  return { canonicalRecord, aliases, hasInconsistentAliases: isInconsistent };
}
