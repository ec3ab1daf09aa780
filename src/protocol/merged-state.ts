import type { AcceptedEvent } from "./accepted-event.ts";
import type { StateAlias } from "./aliases.ts";
import type { EventType } from "./event-types.ts";
import type { EventId, PithNumber } from "./identifiers.ts";
import type { JsonObject } from "./json.ts";
import type { Equivocation } from "./places.ts";
import type { Proof } from "./proof.ts";
import type { InvalidReason } from "./reasons.ts";

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
