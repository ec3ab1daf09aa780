import type { MergeEvent } from "./accepted-event.ts";
import { cryptography } from "./cryptography.ts";
import { entryText, invalidText, stateParts } from "./document-text.ts";
import type { InvalidReason } from "./error-codes.ts";
import type { EventType } from "./event-types.ts";
import type { EventId, PithNumber } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { checkLinks, isSameSigner, linksOf } from "./links.ts";
import { compareEventIds, compareMergeOrder } from "./merge.ts";
import {
  currentSnapshot,
  type EventStatus,
  firstOfHighestProof,
  recordMembers,
  type StateSummary,
} from "./merged-state.ts";
import { parseJson } from "./parse-json.ts";
import { compareEquivocations, Place, placeKeyOf } from "./places.ts";
import { type Proof, proofRank } from "./proof.ts";
import { placeIn, SortedTexts } from "./sorted-texts.ts";

/** The outcome of an event in the merge. */
export type EventOutcome = {
  readonly event: MergeEvent;
  readonly standing: Proof;
  readonly status: EventStatus;
  /** Set if the status is `invalid`. */
  readonly reason: InvalidReason | null;
  /** PROTOCOL 6.1; 0 if the status is `invalid`. */
  readonly depth: number;
};

export type MergeChanges = {
  /** Events that are new to the set: the valid ones in merge order, then the invalid ones by id. */
  readonly added: readonly EventOutcome[];
  /** Events that were in the set, and whose proof or outcome has changed. */
  readonly changed: readonly EventOutcome[];
};

/** An event of the set, with the results that depend on the rest of the set. */
type Node = {
  event: MergeEvent;
  standing: Proof;
  depth: number;
  invalid: InvalidReason | null;
  /** The events that link to it. */
  linkedBy: readonly Node[];
  /** Whether it vouches for the events it links to, and this has been propagated. */
  vouches: boolean;
  /** Length of its chain of prev_events. */
  chain: number;
  place: OpenPlace | null;
  /** The places whose events are built on it. */
  placesOn: readonly OpenPlace[];
  isApplied: boolean;
  /** Number of applied events that supersede it. */
  supersededBy: number;
};

/** A place with its valid events. */
type OpenPlace = {
  readonly key: string;
  /** The event that it is built on. */
  readonly previous: Node | null;
  readonly chain: number;
  /** In merge order. */
  readonly members: Node[];
  /** Null until it is resolved for the first time. */
  resolved: Place | null;
  /** Whether it must be resolved again. */
  isUnresolved: boolean;
};

/** Shared empty list: most events have no links to them and no places on them. */
const emptyList: readonly never[] = [];

/** Approximate memory of an event in bytes, without its payload. */
const bytesPerEvent = 1_700;

/**
 * An incremental merge of one paper's events. Adding events takes time in proportion to what they change, not to the
 * size of the set, except for the state's hash, which covers the complete text. In whatever order and groups events are
 * added, the result equals that of `mergeEvents` for all of them.
 *
 * Why only the surroundings of a new event need to be examined:
 * - Effective proofs only rise, along the links of vouching events.
 * - Validity and depth follow from the events that an event links to.
 * - Whether an event is applied follows from the events of its place, and from whether its prev_event is applied and
 *   with which effective proof: from one place to those built on its events, and never back.
 */
export class PaperMerge {
  readonly #pithNumber: PithNumber;
  readonly #nodes = new Map<EventId, Node>();
  /** By the id of an event that is not in the set, the events that link to it. */
  readonly #waiting = new Map<EventId, Node[]>();
  readonly #places = new Map<string, OpenPlace>();
  readonly #contested = new Set<OpenPlace>();
  readonly #applied = new SortedTexts<Node>(compareMergeOrder, ({ event }) => `"${event.id}"`);
  readonly #invalid = new SortedTexts<Node>(compareEventIds, ({ event, invalid }) =>
    invalidText(event.id, invalid),
  );
  /** By type; no entry for types without current events. */
  readonly #current = new Map<EventType, SortedTexts<Node>>();
  #payloadCharacters = 0;
  /** While adding: events that may change, with their previous outcomes; null for new ones. They are in no list. */
  #touched = new Map<Node, EventOutcome | null>();
  /** While adding: the places to resolve again, by the length of their chain of prev_events. */
  readonly #unresolved = new Map<number, readonly OpenPlace[]>();

  constructor(pithNumber: PithNumber, events: Iterable<MergeEvent> = []) {
    this.#pithNumber = pithNumber;
    this.add(events);
  }

  get eventCount(): number {
    return this.#nodes.size;
  }

  get invalidCount(): number {
    return this.#invalid.size;
  }

  /** Approximate memory in bytes. */
  get size(): number {
    return this.#nodes.size * bytesPerEvent + 2 * this.#payloadCharacters;
  }

  /**
   * Adds events to the set. A copy of a known event only counts if its proof is higher: copies differ only in their
   * signatures.
   */
  add(events: Iterable<MergeEvent>): MergeChanges {
    const added: Node[] = [];
    for (const event of events) {
      const known = this.#nodes.get(event.id);
      if (known === undefined) added.push(this.#insert(event));
      else if (proofRank(event.proof) > proofRank(known.event.proof)) this.#raiseProof(known, event.proof);
    }
    for (const node of added) this.#link(node);
    this.#propagateProofs();
    this.#checkLinks();
    this.#assignPlaces();
    this.#resolvePlaces();
    return this.#finish();
  }

  /** The state of the set, with the aliases from documents that were accepted at `hash`. */
  summary(broughtAliases: Iterable<JsonValue>): StateSummary {
    const created = displayed(firstOfHighestProof(this.#current.get("record_created") ?? emptyList));
    const equivocations = [...this.#contested].map(({ resolved, members }) => {
      return (resolved as Place).equivocation((members[0] as Node).event);
    });
    const members = {
      pithNumber: this.#pithNumber,
      eventCount: this.#nodes.size,
      validCount: this.#nodes.size - this.#invalid.size,
      ...recordMembers(this.#pithNumber, created, broughtAliases),
    };
    const { head, tail } = stateParts({
      ...members,
      applied: this.#applied.parts(),
      current: (type) => this.#current.get(type)?.parts() ?? emptyList,
      recordCreated: created?.event ?? null,
      equivocations: equivocations.sort(compareEquivocations),
      invalid: this.#invalid.parts(),
    });
    return {
      ...members,
      sha256: cryptography.sha256Parts([...head, tail]),
      equivocationCount: equivocations.length,
      recordCreated: created,
      snapshot: displayed(currentSnapshot({ current: this.#current })),
      hasInvalid: (type, reason) => {
        for (const { event, invalid } of this.#invalid) {
          if (invalid === reason && event.type === type) return true;
        }
        return false;
      },
    };
  }

  #listOf(type: EventType): SortedTexts<Node> {
    let list = this.#current.get(type);
    if (list === undefined) {
      list = new SortedTexts<Node>(compareMergeOrder, ({ event }) => entryText(event));
      this.#current.set(type, list);
    }
    return list;
  }

  #insert(event: MergeEvent): Node {
    const node: Node = {
      event,
      standing: event.proof,
      depth: 0,
      invalid: event.fault,
      linkedBy: emptyList,
      vouches: false,
      chain: 0,
      place: null,
      placesOn: emptyList,
      isApplied: false,
      supersededBy: 0,
    };
    this.#nodes.set(event.id, node);
    this.#touched.set(node, null);
    this.#payloadCharacters += event.payloadText.length;
    return node;
  }

  #raiseProof(node: Node, proof: Proof): void {
    this.#touch(node);
    node.event = { ...node.event, proof };
    if (proofRank(proof) > proofRank(node.standing)) node.standing = proof;
  }

  #link(node: Node): void {
    const { id } = node.event;
    for (const target of linksOf(node.event)) {
      const known = this.#nodes.get(target);
      if (known !== undefined) known.linkedBy = appended(known.linkedBy, node);
      else this.#waiting.set(target, appended(this.#waiting.get(target) ?? emptyList, node));
    }
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    for (const other of waiting) node.linkedBy = appended(node.linkedBy, other);
  }

  /** Takes an event that may change out of the lists, and saves its outcome. Call it before changing the event. */
  #touch(node: Node): void {
    if (this.#touched.has(node)) return;
    this.#touched.set(node, outcomeOf(node));
    this.#eachList(node, (list) => list.delete(node));
  }

  #eachList(node: Node, use: (list: SortedTexts<Node>) => void): void {
    const status = statusOf(node);
    if (status === "invalid") use(this.#invalid);
    if (node.isApplied) use(this.#applied);
    if (status === "current") use(this.#listOf(node.event.type as EventType));
  }

  /** PROTOCOL section 5: a signed event vouches for what its signer built it on, and for what that was built on. */
  #propagateProofs(): void {
    const front: Node[] = [];
    for (const node of this.#touched.keys()) {
      if (node.event.proof === "signed" || isVouchedFor(node)) front.push(node);
    }
    for (let node = front.pop(); node !== undefined; node = front.pop()) {
      if (node.vouches || node.event.fault !== null) continue;
      this.#touch(node);
      node.vouches = true;
      node.standing = "signed";
      for (const id of linksOf(node.event)) {
        const target = this.#nodes.get(id);
        if (target !== undefined && isSameSigner(target.event, node.event)) front.push(target);
      }
    }
  }

  /** Validity and depth of the touched events and all built on them; each comes after the events it links to. */
  #checkLinks(): void {
    const open = new Map<Node, number>();
    for (const node of this.#touched.keys()) if (!open.has(node)) open.set(node, 0);
    for (const node of open.keys()) {
      // Iteration over a Map includes entries added during it.
      for (const dependent of node.linkedBy) open.set(dependent, (open.get(dependent) ?? 0) + 1);
    }
    const changed = new Set(this.#touched.keys());
    const ready = [...open.keys()].filter((node) => open.get(node) === 0);
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      const isChanged = changed.has(node) && (this.#checkNode(node) || this.#touched.has(node));
      for (const dependent of node.linkedBy) {
        if (isChanged) changed.add(dependent);
        const left = (open.get(dependent) as number) - 1;
        open.set(dependent, left);
        if (left === 0) ready.push(dependent);
      }
    }
  }

  /** Checks the links of an event and returns whether the result changed. The linked events must be checked already. */
  #checkNode(node: Node): boolean {
    const { event } = node;
    const invalid = event.fault ?? checkLinks(node, this.#nodes);
    const previous = event.prevEvent === null ? undefined : this.#nodes.get(event.prevEvent);
    node.chain = previous === undefined ? 0 : previous.chain + 1;
    let depth = 0;
    for (const id of linksOf(event)) depth = Math.max(depth, 1 + (this.#nodes.get(id)?.depth ?? -1));
    if (invalid === node.invalid && depth === node.depth) return false;
    this.#touch(node);
    if (node.place !== null) this.#leavePlace(node, node.place);
    node.invalid = invalid;
    node.depth = depth;
    return true;
  }

  /** Assigns each touched event to its place, or applies it. */
  #assignPlaces(): void {
    for (const node of [...this.#touched.keys()]) {
      const { event, place, invalid } = node;
      const key = invalid === null ? placeKeyOf(event) : null;
      if (place !== null) this.#markUnresolved(place);
      else if (key !== null) this.#enterPlace(node, key);
      else this.#apply(node, invalid === null);
      // Events built on it may fall with it.
      for (const dependent of node.placesOn) this.#markUnresolved(dependent);
    }
  }

  #enterPlace(node: Node, key: string): void {
    const { prevEvent } = node.event;
    let place = this.#places.get(key);
    if (place === undefined) {
      const previous = prevEvent === null ? null : (this.#nodes.get(prevEvent) as Node);
      place = { key, previous, chain: node.chain, members: [], resolved: null, isUnresolved: false };
      this.#places.set(key, place);
      if (previous !== null) previous.placesOn = appended(previous.placesOn, place);
    }
    place.members.splice(placeIn(place.members, node, compareMergeOrder), 0, node);
    node.place = place;
    this.#markUnresolved(place);
  }

  #leavePlace(node: Node, place: OpenPlace): void {
    place.members.splice(placeIn(place.members, node, compareMergeOrder), 1);
    node.place = null;
    this.#markUnresolved(place);
  }

  #markUnresolved(place: OpenPlace): void {
    if (place.isUnresolved) return;
    place.isUnresolved = true;
    this.#unresolved.set(place.chain, appended(this.#unresolved.get(place.chain) ?? emptyList, place));
  }

  #resolvePlaces(): void {
    const chains = [...this.#unresolved.keys()].sort((a, b) => a - b);
    for (const first of chains) {
      // Resolving a place affects at most the places built on its events: one prev_event further.
      for (let chain = first; ; chain++) {
        const places = this.#unresolved.get(chain);
        if (places === undefined) break;
        this.#unresolved.delete(chain);
        for (const place of places) this.#resolvePlace(place);
      }
    }
  }

  /** PROTOCOL 6.2, for one place. */
  #resolvePlace(place: OpenPlace): void {
    const { key, previous, members } = place;
    place.isUnresolved = false;
    const resolved = new Place();
    for (const { standing } of members) resolved.highest = Math.max(resolved.highest, proofRank(standing));
    for (const node of members)
      this.#apply(node, resolved.offer(node, previous, previous?.isApplied === true));
    place.resolved = resolved;
    if (resolved.isContested) this.#contested.add(place);
    else this.#contested.delete(place);
    if (members.length > 0) return;
    this.#places.delete(key);
    if (previous !== null) previous.placesOn = previous.placesOn.filter((other) => other !== place);
  }

  #apply(node: Node, isApplied: boolean): void {
    if (node.isApplied === isApplied) return;
    this.#touch(node);
    node.isApplied = isApplied;
    for (const id of node.event.supersedes) {
      const superseded = this.#nodes.get(id);
      if (superseded === undefined) continue;
      this.#touch(superseded);
      superseded.supersededBy += isApplied ? 1 : -1;
    }
    for (const place of node.placesOn) this.#markUnresolved(place);
  }

  /** Returns the touched events to their lists, and reports the changes. */
  #finish(): MergeChanges {
    const touched = [...this.#touched.keys()].sort(compareListed);
    const lists = new Map<SortedTexts<Node>, Node[]>();
    for (const node of touched) {
      this.#eachList(node, (list) => {
        const nodes = lists.get(list);
        if (nodes === undefined) lists.set(list, [node]);
        else nodes.push(node);
      });
    }
    for (const [list, nodes] of lists) list.addAll(nodes);
    const added: EventOutcome[] = [];
    const changed: EventOutcome[] = [];
    for (const node of touched) {
      const before = this.#touched.get(node) ?? null;
      const now = outcomeOf(node);
      if (before === null) added.push(now);
      else if (!isSameOutcome(before, now)) changed.push(now);
    }
    this.#touched = new Map();
    return { added, changed };
  }
}

/** Appends an item in place; `emptyList` is replaced by a new list. */
function appended<Item>(list: readonly Item[], item: Item): Item[] {
  if (list === emptyList) return [item];
  (list as Item[]).push(item);
  return list as Item[];
}

/** The valid ones in merge order, then the invalid ones by id. */
function compareListed(a: Node, b: Node): number {
  if (a.invalid === null && b.invalid === null) return compareMergeOrder(a, b);
  return a.invalid !== null && b.invalid !== null ? compareEventIds(a, b) : a.invalid === null ? -1 : 1;
}

function isVouchedFor({ event, linkedBy }: Node): boolean {
  return linkedBy.some((other) => other.vouches && isSameSigner(other.event, event));
}

function statusOf({ invalid, isApplied, supersededBy }: Node): EventStatus {
  if (invalid !== null) return "invalid";
  return !isApplied ? "not_applied" : supersededBy > 0 ? "superseded" : "current";
}

function outcomeOf(node: Node): EventOutcome {
  const { event, standing, invalid, depth } = node;
  return { event, standing, status: statusOf(node), reason: invalid, depth: invalid === null ? depth : 0 };
}

function isSameOutcome(a: EventOutcome, b: EventOutcome): boolean {
  return (
    a.event.proof === b.event.proof &&
    a.standing === b.standing &&
    a.status === b.status &&
    a.reason === b.reason &&
    a.depth === b.depth
  );
}

function displayed(entry: { event: MergeEvent; standing: Proof } | null) {
  if (entry === null) return null;
  const { event, standing } = entry;
  const payload = event.payload ?? (parseJson(event.payloadText) as JsonObject);
  return { event: { ...event, payload }, standing };
}
