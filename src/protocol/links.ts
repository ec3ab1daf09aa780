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

type Settling = { -readonly [Member in keyof LinkedEvent]: LinkedEvent[Member] } & {
  /** Number of links to events of the set that are not resolved yet. */
  open: number;
  readonly linkedBy: Settling[];
};

/**
 * Effective proofs, depths, and rule 9, for a set of events without repeats. Linear in events and links, without
 * recursion along chains.
 */
export function settleLinks(events: ReadonlyMap<EventId, AcceptedEvent>): Map<EventId, LinkedEvent> {
  const settling = new Map<EventId, Settling>();
  for (const [id, event] of events) {
    settling.set(id, {
      event,
      standing: event.proof,
      depth: 0,
      invalid: event.fault,
      open: 0,
      linkedBy: [],
    });
  }
  for (const entry of settling.values()) {
    for (const id of linksOf(entry.event)) {
      const target = settling.get(id);
      if (target === undefined) continue;
      entry.open++;
      target.linkedBy.push(entry);
    }
  }
  raiseStandings(settling);

  // Each event comes after the events it links to. Links are hashes, so there is no cycle.
  const ready = [...settling.values()].filter((entry) => entry.open === 0);
  for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
    entry.invalid ??= judgeLinks(entry, settling);
    for (const dependent of entry.linkedBy) {
      dependent.depth = Math.max(dependent.depth, entry.depth + 1);
      if (--dependent.open === 0) ready.push(dependent);
    }
  }
  return settling;
}

/** The ids of the events that an event is built on. */
export function linksOf({ prevEvent, supersedes }: MergeEvent): readonly EventId[] {
  return prevEvent === null ? supersedes : [prevEvent, ...supersedes];
}

/**
 * A signed event vouches, by their ids, for what its signer built it on, and for what that was built on. Nothing else
 * vouches: a receipt covers the record alone. Events at fault (rules 7 and 8) neither vouch nor are vouched for.
 */
function raiseStandings(settling: ReadonlyMap<EventId, Settling>): void {
  const raised = new Set<Settling>();
  const front = [...settling.values()].filter((entry) => entry.event.proof === "signed");
  for (let entry = front.pop(); entry !== undefined; entry = front.pop()) {
    if (raised.has(entry) || entry.event.fault !== null) continue;
    raised.add(entry);
    entry.standing = "signed";
    for (const id of linksOf(entry.event)) {
      const target = settling.get(id);
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

type Settled = Pick<LinkedEvent<MergeEvent>, "event" | "standing" | "invalid">;

/** Rule 9, in its order. The events it links to must be resolved. */
export function judgeLinks(
  { event, standing }: Settled,
  settled: ReadonlyMap<EventId, Settled>,
): InvalidReason | null {
  const valid = (id: EventId) => {
    const entry = settled.get(id);
    return entry !== undefined && entry.invalid === null ? entry : undefined;
  };
  const links: Settled[] = [];
  if (event.prevEvent !== null) {
    const previous = valid(event.prevEvent);
    if (previous === undefined) return "PREV_EVENT_UNRESOLVED";
    links.push(previous);
  }
  const superseded: Settled[] = [];
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
  const isOlder = (link: Settled) => event.instant < link.event.instant;
  return links.some(isOlder) || superseded.some(isOlder) ? "CREATED_BEFORE_LINK" : null;
}
