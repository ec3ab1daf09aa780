import type { StateAlias } from "./aliases.ts";
import { canonicalJson, canonicalString } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { mergeVersion } from "./document.ts";
import { type EventType, eventLists, eventTypes } from "./event-types.ts";
import type { MergedEvent, MergedState } from "./merged-state.ts";

type Unhashed = Omit<MergedState, "sha256" | "text">;

/**
 * The canonical text of a state document and its `state_sha256`. Put together from texts that are canonical
 * already: payloads are the greater part, and none is written twice.
 */
export function stateText(state: Unhashed): { sha256: string; text: string } {
  const invalid = [...state.events.values()].filter((entry) => entry.status === "invalid");
  const head =
    `{"applied_event_ids":${canonicalJson([...state.applied])},"current":${currentText(state)}` +
    `,"equivocation_count":${state.equivocations.length},"equivocations":${equivocationsText(state)}` +
    `,"event_count":${state.events.size},"invalid_event_count":${invalid.length}` +
    `,"invalid_events":${invalidText(invalid)},"merge_version":"${mergeVersion}"` +
    `,"pith_number":"${state.pithNumber}",`;
  const tail = `"state_type":"pith_open_graph_state","state_version":"1.0","valid_event_count":${state.validCount}}`;
  const sha256 = cryptography.sha256Text(head + tail);
  return { sha256, text: `${head}"state_sha256":"${sha256}",${tail}` };
}

/** The members of `current` in the order of canonical text. */
const currentMembers = [...Object.values(eventLists), "canonical_record", "source_aliases"].sort();
const typeOfList = new Map<string, EventType>(eventTypes.map((type) => [eventLists[type], type]));

function currentText(state: Unhashed): string {
  let text = "{";
  for (const name of currentMembers) {
    if (text.length > 1) text += ",";
    text += `"${name}":${memberText(name, state)}`;
  }
  return `${text}}`;
}

function memberText(name: string, state: Unhashed): string {
  if (name === "record_created")
    return state.recordCreated === null ? "null" : entryText(state.recordCreated);
  if (name === "canonical_record") return canonicalJson(state.canonicalRecord);
  if (name === "source_aliases") return `[${state.aliases.map(aliasText).join(",")}]`;
  const entries = state.current.get(typeOfList.get(name) as EventType) ?? [];
  return `[${entries.map(entryText).join(",")}]`;
}

function aliasText({ kind, value, createdAt }: StateAlias): string {
  return (
    `{"alias_kind":${canonicalString(kind)},"alias_value":${canonicalString(value)}` +
    `,"created_at":"${createdAt}"}`
  );
}

function entryText({ event }: MergedEvent): string {
  return (
    `{"created_at":"${event.createdAt}","event_id":"${event.id}"` +
    `,"payload":${event.payloadText},"signer":${canonicalJson(event.signer)}` +
    `,"target":${canonicalString(event.target)}}`
  );
}

function equivocationsText({ equivocations }: Unhashed): string {
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

function invalidText(invalid: readonly MergedEvent[]): string {
  const rows = invalid.map(({ event, reason }) => ({
    event_id: event.id as string,
    reason: reason as string,
  }));
  rows.sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
  return canonicalJson(rows);
}
