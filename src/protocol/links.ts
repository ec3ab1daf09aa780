import type { AcceptedEvent, MergeEvent } from "./accepted-event.ts";
import type { InvalidReason } from "./error-codes.ts";
import type { EventId } from "./identifiers.ts";
import { type Proof, proofRank } from "./proof.ts";

/** An event of the set, with the results that depend on the rest of the set. */
export type LinkedEvent<Event extends MergeEvent = AcceptedEvent> = {
  readonly event: Event;
  /** Effective proof (PROTOCOL section 5): its own proof, or that of an event that vouches for it. */
  readonly standing: Proof;
  /** 0 without links, else 1 + the greatest depth of the linked events. Meaningless if invalid. */
  readonly depth: number;
  readonly invalid: InvalidReason | null;
};

type ResolvingEvent = { -readonly [Member in keyof LinkedEvent]: LinkedEvent[Member] } & {
  /** Number of links to events of the set that are not resolved yet. */
  open: number;
  readonly linkedBy: ResolvingEvent[];
};

/**
 * Effective proofs, depths, and rule 9, for a set of events without repeats. Linear in events and links, without
 * recursion along chains.
 */
export function resolveLinks(events: ReadonlyMap<EventId, AcceptedEvent>): Map<EventId, LinkedEvent> {
  const resolving = new Map<EventId, ResolvingEvent>();
  for (const [id, event] of events) {
    resolving.set(id, {
      event,
      standing: event.proof,
      depth: 0,
      invalid: event.fault,
      open: 0,
      linkedBy: [],
    });
  }
  for (const entry of resolving.values()) {
    for (const id of linksOf(entry.event)) {
      const target = resolving.get(id);
      if (target === undefined) continue;
      entry.open++;
      target.linkedBy.push(entry);
    }
  }
  propagateProofs(resolving);

  // Each event comes after the events it links to. Links are hashes, so there is no cycle.
  const ready = [...resolving.values()].filter((entry) => entry.open === 0);
  for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
    entry.invalid ??= checkLinks(entry, resolving);
    for (const dependent of entry.linkedBy) {
      dependent.depth = Math.max(dependent.depth, entry.depth + 1);
      if (--dependent.open === 0) ready.push(dependent);
    }
  }
  return resolving;
}

/** The ids of the events that an event is built on. */
export function linksOf({ prevEvent, supersedes }: MergeEvent): readonly EventId[] {
  return prevEvent === null ? supersedes : [prevEvent, ...supersedes];
}

/**
 * A signed event vouches, by their ids, for what its signer built it on, and for what that was built on. Nothing else
 * vouches: a receipt covers the record alone. Events at fault (rules 7 and 8) neither vouch nor are vouched for.
 */
function propagateProofs(resolving: ReadonlyMap<EventId, ResolvingEvent>): void {
  const raised = new Set<ResolvingEvent>();
  const front = [...resolving.values()].filter((entry) => entry.event.proof === "signed");
  for (let entry = front.pop(); entry !== undefined; entry = front.pop()) {
    if (raised.has(entry) || entry.event.fault !== null) continue;
    raised.add(entry);
    entry.standing = "signed";
    for (const id of linksOf(entry.event)) {
      const target = resolving.get(id);
      if (target !== undefined && isSameSigner(target.event, entry.event)) front.push(target);
    }
  }
}

/** Compares all four members: another keyring may have given a fingerprint other names. */
export function isSameSigner({ signer: a }: MergeEvent, { signer: b }: MergeEvent): boolean {
  if (a === b) return true;
  return (
    a.public_key_fingerprint === b.public_key_fingerprint &&
    a.key_id === b.key_id &&
    a.signer_id === b.signer_id &&
    a.signer_type === b.signer_type
  );
}

type ResolvedEvent = Pick<LinkedEvent<MergeEvent>, "event" | "standing" | "invalid">;

/** Rule 9, in its order. The events it links to must be resolved. */
export function checkLinks(
  { event, standing }: ResolvedEvent,
  resolved: ReadonlyMap<EventId, ResolvedEvent>,
): InvalidReason | null {
  const valid = (id: EventId) => {
    const entry = resolved.get(id);
    return entry !== undefined && entry.invalid === null ? entry : undefined;
  };
  const links: ResolvedEvent[] = [];
  if (event.prevEvent !== null) {
    const previous = valid(event.prevEvent);
    if (previous === undefined) return "PREV_EVENT_UNRESOLVED";
    links.push(previous);
  }
  const superseded: ResolvedEvent[] = [];
  for (const id of event.supersedes) {
    const entry = valid(id);
    if (entry === undefined) return "SUPERSEDES_UNRESOLVED";
    superseded.push(entry);
  }
  for (const { event: other, standing: otherStanding } of superseded) {
    if (
      other.signer.signer_id !== event.signer.signer_id ||
      other.type !== event.type ||
      other.target !== event.target ||
      proofRank(otherStanding) > proofRank(standing)
    ) {
      return "SUPERSEDES_FORBIDDEN";
    }
  }
  const isOlder = (link: ResolvedEvent) => event.instant < link.event.instant;
  return links.some(isOlder) || superseded.some(isOlder) ? "CREATED_BEFORE_LINK" : null;
}
