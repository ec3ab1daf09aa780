import type { AcceptedEvent, MergeEvent } from "./accepted-event.ts";
import { cryptography } from "./cryptography.ts";
import { entryText, invalidText, stateParts } from "./document-text.ts";
import { type EventType, eventTypes } from "./event-types.ts";
import type { EventId, PithNumber } from "./identifiers.ts";
import type { JsonValue } from "./json.ts";
import { type LinkedEvent, resolveLinks } from "./links.ts";
import {
  type EventStatus,
  firstOfHighestProof,
  type MergedEvent,
  type MergedState,
  recordMembers,
} from "./merged-state.ts";
import { resolvePlaces } from "./places.ts";
import { proofRank } from "./proof.ts";

/**
 * `pith-open-graph-merge-v1`, PROTOCOL section 6. The result depends neither on the order of events and aliases nor on
 * repeats; of copies of one event the highest proof counts. `documentAliases` are those of the documents accepted at
 * `hash`.
 */
export function mergeEvents(
  pithNumber: PithNumber,
  copies: Iterable<AcceptedEvent>,
  documentAliases: Iterable<JsonValue>,
): MergedState {
  const linked = resolveLinks(withoutRepeats(copies));
  const valid = [...linked.values()].filter((entry) => entry.invalid === null);
  valid.sort(compareMergeOrder);
  const { applied, superseded, equivocations } = resolvePlaces(valid, linked);

  const invalidLast = [...linked.values()].filter((entry) => entry.invalid !== null);
  invalidLast.sort(compareEventIds);
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
  const recordCreated = firstOfHighestProof(current.get("record_created") ?? []);
  const state = {
    pithNumber,
    events,
    validCount: valid.length,
    applied: [...applied],
    current,
    recordCreated,
    equivocations,
    ...recordMembers(pithNumber, recordCreated, documentAliases),
  };
  return Object.assign(
    state,
    stateText(
      state,
      invalidLast.map(({ event, invalid }) => invalidText(event.id, invalid)),
    ),
  );
}

function stateText(
  state: Omit<MergedState, "sha256" | "text">,
  invalid: readonly string[],
): Pick<MergedState, "sha256" | "text"> {
  const { head, tail } = stateParts({
    ...state,
    eventCount: state.events.size,
    recordCreated: state.recordCreated?.event ?? null,
    applied: [state.applied.map((id) => `"${id}"`).join(",")],
    current: (type) => [(state.current.get(type) ?? []).map(({ event }) => entryText(event)).join(",")],
    invalid: [invalid.join(",")],
  });
  const start = head.join("");
  const sha256 = cryptography.sha256Text(start + tail);
  return { sha256, text: `${start}"state_sha256":"${sha256}",${tail}` };
}

/** Accepted copies of one event differ only in their signature: the event gets the highest of their proofs. */
function withoutRepeats(copies: Iterable<AcceptedEvent>): Map<EventId, AcceptedEvent> {
  const events = new Map<EventId, AcceptedEvent>();
  for (const copy of copies) {
    const other = events.get(copy.id);
    if (other === undefined || proofRank(copy.proof) > proofRank(other.proof)) events.set(copy.id, copy);
  }
  return events;
}

type Ordered = Pick<LinkedEvent<MergeEvent>, "depth"> & {
  readonly event: Pick<MergeEvent, "id" | "instant" | "type">;
};

const typeOrder = new Map<string, number>(eventTypes.map((type, index) => [type, index]));

/** Lists that are not in merge order are sorted by id. */
export function compareEventIds(a: Pick<Ordered, "event">, b: Pick<Ordered, "event">): number {
  return a.event.id === b.event.id ? 0 : a.event.id < b.event.id ? -1 : 1;
}

/** PROTOCOL 6.1: instant, then depth, then type, then id. */
export function compareMergeOrder(a: Ordered, b: Ordered): number {
  if (a.event.instant !== b.event.instant) return a.event.instant < b.event.instant ? -1 : 1;
  if (a.depth !== b.depth) return a.depth - b.depth;
  const types = (typeOrder.get(a.event.type) as number) - (typeOrder.get(b.event.type) as number);
  if (types !== 0) return types;
  return compareEventIds(a, b);
}
