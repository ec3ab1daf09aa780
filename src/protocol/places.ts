import type { AcceptedEvent, MergeEvent } from "./accepted-event.ts";
import type { EventId } from "./identifiers.ts";
import type { LinkedEvent } from "./links.ts";
import { proofRank } from "./proof.ts";

/** A fork: several signed events of one signer in one place. */
export type Equivocation = {
  /** The holder at the first conflict, then the other events denied the place, in merge order. */
  readonly eventIds: readonly EventId[];
  readonly eventType: string;
  readonly prevEvent: EventId | null;
  readonly fingerprint: string;
  readonly target: string;
};

/** A slot for which events of one signer compete (PROTOCOL 6.2): one of them holds it. */
export class Place {
  /** The highest effective proof of its valid events, as a rank; only events with this proof compete. */
  highest = -1;
  #holder: EventId | null = null;
  /** After a conflict between signed events: the holder at that time, and the events denied the place. */
  #conflict: EventId[] = [];

  /** Whether an event of it is applied. Call in merge order. `previous` is its prev_event; null without one. */
  offer<Event extends MergeEvent>(
    entry: LinkedEvent<Event>,
    previous: LinkedEvent<Event> | null,
    isPreviousApplied: boolean,
  ): boolean {
    const { event, standing } = entry;
    if (proofRank(standing) < this.highest) return false;
    if (previous !== null && !isPreviousApplied && fallsWith(entry, previous)) return false;
    if (this.#holder !== null && !event.supersedes.includes(this.#holder)) {
      // Anyone may have written an unsigned event, so it is no evidence against its signer.
      if (standing !== "signed") return false;
      if (this.#conflict.length === 0) this.#conflict.push(this.#holder);
      this.#conflict.push(event.id);
      return false;
    }
    this.#holder = event.id;
    return true;
  }

  get isContested(): boolean {
    return this.#conflict.length > 0;
  }

  /** The fork of a contested place; `event` is any event of it. */
  equivocation({ type, prevEvent, signer, target }: MergeEvent): Equivocation {
    const fingerprint = signer.public_key_fingerprint;
    return { eventIds: this.#conflict, eventType: type, prevEvent, fingerprint, target };
  }
}

type ResolvedPlaces = {
  /** In merge order. */
  readonly applied: ReadonlySet<EventId>;
  /** Events that an applied event supersedes. */
  readonly superseded: ReadonlySet<EventId>;
  readonly equivocations: readonly Equivocation[];
};

/** PROTOCOL 6.2. `valid` contains the valid events in merge order, `byId` at least those. */
export function resolvePlaces(
  valid: readonly LinkedEvent[],
  byId: ReadonlyMap<EventId, LinkedEvent>,
): ResolvedPlaces {
  const places = new Map<string, Place>();
  const placeOfEvent = valid.map(({ event, standing }) => {
    const key = placeKeyOf(event);
    if (key === null) return null;
    const place = places.get(key) ?? new Place();
    places.set(key, place);
    place.highest = Math.max(place.highest, proofRank(standing));
    return place;
  });

  const applied = new Set<EventId>();
  const superseded = new Set<EventId>();
  const contested = new Map<Place, AcceptedEvent>();
  for (const [index, entry] of valid.entries()) {
    const { id, prevEvent, supersedes } = entry.event;
    const place = placeOfEvent[index] ?? null;
    if (place !== null) {
      const previous = prevEvent === null ? null : (byId.get(prevEvent) as LinkedEvent);
      const isApplied = place.offer(entry, previous, prevEvent !== null && applied.has(prevEvent));
      if (place.isContested) contested.set(place, entry.event);
      if (!isApplied) continue;
    }
    applied.add(id);
    for (const other of supersedes) superseded.add(other);
  }
  const equivocations = [...contested].map(([place, event]) => place.equivocation(event));
  return { applied, superseded, equivocations: equivocations.sort(compareEquivocations) };
}

/** Orders forks by their first id. */
export function compareEquivocations(a: Equivocation, b: Equivocation): number {
  return (a.eventIds[0] as EventId) < (b.eventIds[0] as EventId) ? -1 : 1;
}

/** Whether an event falls with the one it is built on: only if of the same signer, and not better proved. */
function fallsWith({ event, standing }: LinkedEvent<MergeEvent>, previous: LinkedEvent<MergeEvent>): boolean {
  return (
    event.signer.public_key_fingerprint === previous.event.signer.public_key_fingerprint &&
    proofRank(standing) <= proofRank(previous.standing)
  );
}

/** The place that an event competes for; null if it competes with no other. */
export function placeKeyOf(event: MergeEvent): string | null {
  if (event.prevEvent === null && event.type !== "record_created") return null;
  // The target comes last: only it may contain any character.
  return `${event.signer.public_key_fingerprint} ${event.type} ${event.prevEvent} ${event.target}`;
}
