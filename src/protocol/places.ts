import type { AcceptedEvent } from "./accepted-event.ts";
import type { EventId } from "./identifiers.ts";
import type { LinkedEvent } from "./links.ts";
import { proofRank } from "./proof.ts";

/** A fork: several signed events of one signer in one place. */
export type Equivocation = {
  /** The holder at the first conflict, then the others refused the place, in merge order. */
  readonly eventIds: readonly EventId[];
  readonly eventType: string;
  readonly prevEvent: EventId | null;
  readonly fingerprint: string;
  readonly target: string;
};

type Place = {
  /** The highest standing of its valid events, as its rank; only events of this standing compete for it. */
  highest: number;
  holder: EventId | null;
  /** Once there is a conflict between signed events: the holder then, and who was refused. */
  conflict: EventId[];
};

export type Folded = {
  /** In merge order. */
  readonly applied: ReadonlySet<EventId>;
  /** What an applied event supersedes. */
  readonly superseded: ReadonlySet<EventId>;
  readonly equivocations: readonly Equivocation[];
};

/** PROTOCOL 6.2. `valid` holds the valid events in merge order, `byId` at least those. */
export function foldPlaces(valid: readonly LinkedEvent[], byId: ReadonlyMap<EventId, LinkedEvent>): Folded {
  const places = new Map<string, Place>();
  const keys = valid.map(({ event, standing }) => {
    const key = placeOf(event);
    if (key !== null) {
      const place = places.get(key) ?? { highest: -1, holder: null, conflict: [] };
      place.highest = Math.max(place.highest, proofRank(standing));
      places.set(key, place);
    }
    return key;
  });

  const applied = new Set<EventId>();
  const superseded = new Set<EventId>();
  const contested = new Map<Place, AcceptedEvent>();
  for (const [index, entry] of valid.entries()) {
    const { event, standing } = entry;
    const key = keys[index] as string | null;
    const place = key === null ? null : (places.get(key) as Place);
    if (place !== null && proofRank(standing) < place.highest) continue;
    if (event.prevEvent !== null && !applied.has(event.prevEvent)) {
      if (fallsWith(entry, byId.get(event.prevEvent) as LinkedEvent)) continue;
    }
    if (place !== null) {
      if (place.holder !== null && !event.supersedes.includes(place.holder)) {
        // Anyone may have written what is not signed: it accuses its signer of nothing.
        if (standing !== "signed") continue;
        if (place.conflict.length === 0) place.conflict.push(place.holder);
        place.conflict.push(event.id);
        contested.set(place, event);
        continue;
      }
      place.holder = event.id;
    }
    applied.add(event.id);
    for (const id of event.supersedes) superseded.add(id);
  }

  const equivocations = [...contested].map(([place, event]) => ({
    eventIds: place.conflict,
    eventType: event.type,
    prevEvent: event.prevEvent,
    fingerprint: event.signer.public_key_fingerprint,
    target: event.target,
  }));
  equivocations.sort((a, b) => ((a.eventIds[0] as EventId) < (b.eventIds[0] as EventId) ? -1 : 1));
  return { applied, superseded, equivocations };
}

/** Whether an event falls with the one that it is built on: only its signer's own does, and nothing better proved. */
function fallsWith({ event, standing }: LinkedEvent, previous: LinkedEvent): boolean {
  return (
    event.signer.public_key_fingerprint === previous.event.signer.public_key_fingerprint &&
    proofRank(standing) <= proofRank(previous.standing)
  );
}

/** Where an event stands so that another can contest it; null where it stands for itself. */
function placeOf(event: AcceptedEvent): string | null {
  if (event.prevEvent === null && event.type !== "record_created") return null;
  // The target comes last: it is the only part that may hold any character.
  return `${event.signer.public_key_fingerprint} ${event.type} ${event.prevEvent} ${event.target}`;
}
