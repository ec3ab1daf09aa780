import type { MergeEvent } from "./accepted-event.ts";
import type { StateAlias } from "./aliases.ts";
import { canonicalJson, canonicalString } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { mergeVersion } from "./document.ts";
import type { InvalidReason } from "./error-codes.ts";
import type { Signer } from "./event-body.ts";
import { type EventType, eventLists, eventTypes } from "./event-types.ts";
import { type EventId, type PithNumber, shortLengths, suffixOf } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { MergedEvent, MergedState } from "./merged-state.ts";
import type { Equivocation } from "./places.ts";

/** Text, or the UTF-8 bytes of text. */
export type TextPart = string | Uint8Array;

/** The contents of a state document. The lists are canonical texts of their items, separated by commas. */
type StateMembers = {
  readonly pithNumber: PithNumber;
  readonly eventCount: number;
  readonly validCount: number;
  /** Ids of the applied events in merge order. */
  readonly applied: readonly TextPart[];
  /** By type, except `record_created`, the current events as written by `entryText`, in merge order. */
  readonly current: (type: EventType) => readonly TextPart[];
  readonly recordCreated: MergeEvent | null;
  readonly canonicalRecord: JsonObject | null;
  readonly aliases: readonly StateAlias[];
  readonly equivocations: readonly Equivocation[];
  /** As written by `invalidText`, by id. */
  readonly invalid: readonly TextPart[];
};

/**
 * The canonical text of a state document, in two parts: `state_sha256` is the SHA-256 of both, and its member is
 * inserted between them. Assembled from texts that are canonical already: payloads are the greater part, and none is
 * written twice.
 */
export function stateParts(state: StateMembers): { head: TextPart[]; tail: string } {
  const head = [
    '{"applied_event_ids":[',
    ...state.applied,
    '],"current":{',
    ...currentMembers.flatMap((name, index) => [
      `${index === 0 ? "" : ","}"${name}":`,
      ...memberText(name, state),
    ]),
    `},"equivocation_count":${state.equivocations.length},"equivocations":${equivocationsText(state)}` +
      `,"event_count":${state.eventCount},"invalid_event_count":${state.eventCount - state.validCount}` +
      ',"invalid_events":[',
    ...state.invalid,
    `],"merge_version":"${mergeVersion}","pith_number":"${state.pithNumber}",`,
  ];
  const tail = `"state_type":"pith_open_graph_state","state_version":"1.0","valid_event_count":${state.validCount}}`;
  return { head, tail };
}

/** The members of `current` in the order of canonical text. */
const currentMembers = [...Object.values(eventLists), "canonical_record", "source_aliases"].sort();
const typeOfList = new Map<string, EventType>(eventTypes.map((type) => [eventLists[type], type]));

function memberText(name: string, state: StateMembers): readonly TextPart[] {
  if (name === "record_created")
    return [state.recordCreated === null ? "null" : entryText(state.recordCreated)];
  if (name === "canonical_record") return [canonicalJson(state.canonicalRecord)];
  if (name === "source_aliases") return [`[${state.aliases.map(aliasText).join(",")}]`];
  return ["[", ...state.current(typeOfList.get(name) as EventType), "]"];
}

function aliasText({ kind, value, createdAt }: StateAlias): string {
  return (
    `{"alias_kind":${canonicalString(kind)},"alias_value":${canonicalString(value)}` +
    `,"created_at":"${createdAt}"}`
  );
}

/** The entry of an event in the list of its type. */
export function entryText({ createdAt, id, payloadText, signer, target }: MergeEvent): string {
  return (
    `{"created_at":"${createdAt}","event_id":"${id}","payload":${payloadText}` +
    `,"signer":${signerText(signer)},"target":${canonicalString(target)}}`
  );
}

/** The text of a signer that several events share is written once. */
const signerTexts = new WeakMap<Signer, string>();

function signerText(signer: Signer): string {
  let text = signerTexts.get(signer);
  if (text === undefined) {
    text = canonicalJson(signer);
    signerTexts.set(signer, text);
  }
  return text;
}

function equivocationsText({ equivocations }: StateMembers): string {
  return canonicalJson(
    equivocations.map((equivocation) => ({
      event_ids: [...equivocation.eventIds],
      event_type: equivocation.eventType,
      prev_event: equivocation.prevEvent,
      public_key_fingerprint: equivocation.fingerprint,
      target: equivocation.target,
    })),
  );
}

/** The entry of an invalid event. */
export function invalidText(id: EventId, reason: InvalidReason | null): string {
  return `{"event_id":"${id}","reason":"${reason}"}`;
}

/**
 * The canonical text of a bundle from which any mirror merges the same state: all events of the set (the valid ones in
 * merge order, then the invalid ones) with their signatures, and the aliases from documents. Derived aliases are left
 * out: a mirror that accepts this bundle derives them itself, even after the record changes.
 *
 * `record` is the canonical record, whose hash is the Pith number.
 */
export function bundleText(state: MergedState, record: JsonObject): string {
  const recordText = canonicalJson(record);
  const aliases = state.aliases
    .filter(({ isDerived }) => !isDerived)
    .map(({ kind, value, createdAt }) => ({ alias_kind: kind, alias_value: value, created_at: createdAt }));
  const events = [...state.events.values()].map(eventText).join(",");
  const short = `pith:${suffixOf(state.pithNumber).slice(0, shortLengths[0])}`;
  return (
    `{"bundle_type":"pith_open_graph_bundle","bundle_version":"1.0","canonical_record":${recordText}` +
    `,"canonical_sha256":"${cryptography.sha256Text(recordText)}","events":[${events}]` +
    `,"pith_number":"${state.pithNumber}","short_pith_number":"${short}"` +
    `,"source":${canonicalJson((record["source"] as JsonValue | undefined) ?? null)}` +
    `,"source_aliases":${canonicalJson(aliases)}}`
  );
}

/** The nine keys, and `event_id` and `signature` at their places in the order. */
function eventText({ event }: MergedEvent): string {
  const signature = event.signature === null ? "" : `"signature":${canonicalJson(event.signature)},`;
  return (
    `{"created_at":${canonicalString(event.createdAt)},"event_id":"${event.id}"` +
    `,"event_type":${canonicalString(event.type)},"payload":${event.payloadText}` +
    `,"prev_event":${canonicalJson(event.prevEvent)},"schema_version":"1.0",${signature}` +
    `"signer":${canonicalJson(event.signer)},"subject_pith_number":${canonicalString(event.subject)}` +
    `,"supersedes":${canonicalJson([...event.supersedes])},"target":${canonicalString(event.target)}}`
  );
}
