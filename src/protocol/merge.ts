import type { AcceptedEvent } from "./accepted-event.ts";
import { mergeAliases } from "./aliases.ts";
import { type EventType, eventTypes } from "./event-types.ts";
import type { EventId, PithNumber } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { type LinkedEvent, settleLinks } from "./links.ts";
import type { EventStatus, MergedEvent, MergedState } from "./merged-state.ts";
import { foldPlaces } from "./places.ts";
import { isAtLeast, proofRank } from "./proof.ts";
import { stateText } from "./state-text.ts";

/**
 * `pith-open-graph-merge-v1`, PROTOCOL section 6. Neither the order of the events and aliases nor repeats
 * among them change the result; of copies of one event the highest proof counts. `broughtAliases` holds those of the
 * documents that were accepted at `hash`.
 */
export function mergeEvents(
  pithNumber: PithNumber,
  copies: Iterable<AcceptedEvent>,
  broughtAliases: Iterable<JsonValue>,
): MergedState {
  const linked = settleLinks(withoutRepeats(copies));
  const valid = [...linked.values()].filter((entry) => entry.invalid === null);
  valid.sort(compareMergeOrder);
  const { applied, superseded, equivocations } = foldPlaces(valid, linked);

  const invalidLast = [...linked.values()].filter((entry) => entry.invalid !== null);
  invalidLast.sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  const events = new Map<EventId, MergedEvent>();
  for (const { event, standing, invalid } of [...valid, ...invalidLast]) {
    const { id } = event;
    const status: EventStatus =
      invalid !== null
        ? "invalid"
        : !applied.has(id)
          ? "not_applied"
          : superseded.has(id)
            ? "superseded"
            : "current";
    events.set(id, { event, standing, status, reason: invalid });
  }

  const current = new Map<EventType, MergedEvent[]>(eventTypes.map((type) => [type, []]));
  for (const id of applied) {
    const entry = events.get(id) as MergedEvent;
    if (entry.status === "current") current.get(entry.event.type as EventType)?.push(entry);
  }
  const recordCreated = firstOfHighestStanding(current.get("record_created") ?? []);
  const canonicalRecord =
    (recordCreated?.event.payload["canonical_record"] as JsonObject | undefined) ?? null;
  const known = recordCreated && {
    record: canonicalRecord,
    provedAt: isAtLeast(recordCreated.standing, "receipt") ? recordCreated.event.createdAt : null,
  };
  const { aliases, isInconsistent } = mergeAliases(broughtAliases, pithNumber, known);

  const state = {
    pithNumber,
    events,
    validCount: valid.length,
    applied: [...applied],
    current,
    recordCreated,
    canonicalRecord,
    aliases,
    equivocations,
    hasInconsistentAliases: isInconsistent,
  };
  return Object.assign(state, stateText(state));
}

/** Accepted copies of one event differ only in their signature: it has the highest of their proofs. */
function withoutRepeats(copies: Iterable<AcceptedEvent>): Map<EventId, AcceptedEvent> {
  const events = new Map<EventId, AcceptedEvent>();
  for (const copy of copies) {
    const other = events.get(copy.id);
    if (other === undefined || proofRank(copy.proof) > proofRank(other.proof)) events.set(copy.id, copy);
  }
  return events;
}

const typeOrder = new Map<string, number>(eventTypes.map((type, index) => [type, index]));

/** PROTOCOL 6.1: instant, then depth, then type, then id. */
function compareMergeOrder(a: LinkedEvent, b: LinkedEvent): number {
  if (a.event.instant !== b.event.instant) return a.event.instant < b.event.instant ? -1 : 1;
  if (a.depth !== b.depth) return a.depth - b.depth;
  const types = (typeOrder.get(a.event.type) as number) - (typeOrder.get(b.event.type) as number);
  if (types !== 0) return types;
  return a.event.id < b.event.id ? -1 : 1;
}

function firstOfHighestStanding(entries: readonly MergedEvent[]): MergedEvent | null {
  let best: MergedEvent | null = null;
  for (const entry of entries) {
    if (best === null || proofRank(entry.standing) > proofRank(best.standing)) best = entry;
  }
  return best;
}

/**
 * The current snapshot (PROTOCOL section 7): of the current graph_snapshots one with the highest standing,
 * of those the last in merge order. Null where there is none.
 */
export function currentSnapshot(state: Pick<MergedState, "current">): MergedEvent | null {
  return firstOfHighestStanding((state.current.get("graph_snapshot") ?? []).toReversed());
}
