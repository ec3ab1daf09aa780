import { type CanonicalTexts, canonicalJson, canonicalJsonWithin } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { snapshotLists } from "./graph-snapshot.ts";
import { type EventId, isEventId } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** The signer of an event: exactly these four members. */
export type Signer = {
  readonly key_id: string;
  readonly public_key_fingerprint: string;
  readonly signer_id: string;
  readonly signer_type: string;
};

/** The nine keys of an event that has passed rule 1, and the canonical text whose hash is its id. */
export type EventBody = {
  readonly id: EventId;
  /** Canonical text of the nine keys, as stored in the log. */
  readonly text: string;
  readonly createdAt: string;
  readonly instant: Instant;
  /** Any text: rule 7 decides whether it is one of the nine types. */
  readonly type: string;
  readonly payload: JsonObject;
  readonly payloadText: string;
  readonly prevEvent: EventId | null;
  readonly signer: Signer;
  readonly subject: string;
  readonly supersedes: readonly EventId[];
  readonly target: string;
};

/** A canonical text of the nine keys, and the range of the payload in it. */
type BodyText = { readonly text: string; readonly payloadStart: number; readonly payloadEnd: number };

/** The canonical text of a value with all nine keys, whatever their types; null if one is absent. */
export function bodyText(value: JsonObject): string | null {
  for (const key of nineKeys) if (!Object.hasOwn(value, key)) return null;
  return withPayload(value, canonicalJson(value["payload"] as JsonValue)).text;
}

function withPayload(value: JsonObject, payload: string): BodyText {
  const head =
    `{"created_at":${member(value, "created_at")},"event_type":${member(value, "event_type")}` +
    `,"payload":`;
  const tail =
    `,"prev_event":${member(value, "prev_event")}` +
    `,"schema_version":${member(value, "schema_version")},"signer":${member(value, "signer")}` +
    `,"subject_pith_number":${member(value, "subject_pith_number")}` +
    `,"supersedes":${member(value, "supersedes")},"target":${member(value, "target")}}`;
  return {
    text: head + payload + tail,
    payloadStart: head.length,
    payloadEnd: head.length + payload.length,
  };
}

const nineKeys = [
  "created_at",
  "event_type",
  "payload",
  "prev_event",
  "schema_version",
  "signer",
  "subject_pith_number",
  "supersedes",
  "target",
] as const;

function member(value: JsonObject, key: (typeof nineKeys)[number]): string {
  return canonicalJson(value[key] as JsonValue);
}

/** Maximum levels of a payload: a state that lists it stays within the 64 levels of a document. */
const maxPayloadLevels = 60;

/** `"sha256:" + sha(body)` over the canonical text of a body. */
export function eventIdOf(text: string): EventId {
  return `sha256:${cryptography.sha256Text(text)}` as EventId;
}

/** Rule 1: the nine keys and their types. Null if one is absent or ill-typed. */
export function readBody(value: JsonValue, texts: CanonicalTexts): EventBody | null {
  if (!isJsonObject(value)) return null;
  const { created_at: createdAt, event_type: type, payload, prev_event: prevEvent, signer } = value;
  const { subject_pith_number: subject, supersedes, target } = value;
  if (value["schema_version"] !== "1.0") return null;
  if (typeof type !== "string" || typeof subject !== "string" || typeof target !== "string") return null;
  if (typeof createdAt !== "string" || !isJsonObject(payload)) return null;
  const instant = parseInstant(createdAt);
  if (instant === null) return null;
  // `undefined` is neither null nor an event id, so an absent key also fails here.
  if (prevEvent !== null && !isEventId(prevEvent)) return null;
  if (!Array.isArray(supersedes) || !supersedes.every(isEventId)) return null;
  if (supersedes.length > 1 && new Set(supersedes).size !== supersedes.length) return null;
  if (!isSigner(signer)) return null;
  if (type === "graph_snapshot") for (const list of snapshotLists(payload)) texts.set(list, "");
  const payloadText = canonicalJsonWithin(maxPayloadLevels, payload, texts);
  if (payloadText === null) return null;
  const body = withPayload(value, payloadText);
  const { text } = body;
  return {
    id: eventIdOf(text),
    text,
    createdAt,
    instant,
    type,
    payload,
    // A slice of the complete text that shares its memory: a batch keeps both.
    payloadText: text.slice(body.payloadStart, body.payloadEnd),
    prevEvent,
    signer,
    subject,
    supersedes: supersedes as unknown as EventId[],
    target,
  };
}

function isSigner(value: JsonValue | undefined): value is JsonObject & Signer {
  return (
    isJsonObject(value) &&
    Object.keys(value).length === 4 &&
    typeof value["key_id"] === "string" &&
    typeof value["public_key_fingerprint"] === "string" &&
    typeof value["signer_id"] === "string" &&
    typeof value["signer_type"] === "string"
  );
}
