import { canonicalJson, canonicalString } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { shortLengths, suffixOf } from "./identifiers.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { MergedEvent, MergedState } from "./merged-state.ts";

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
