import { canonicalJson } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { DocumentError } from "./error-codes.ts";
import { bodyText, eventIdOf } from "./event-body.ts";
import { type EventType, eventLists, eventTypes } from "./event-types.ts";
import { fitsRecord, isPithNumber, type PithNumber } from "./identifiers.ts";
import { isJsonInteger, isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import type { HashedRecord } from "./verify-event.ts";

export const mergeVersion = "pith-open-graph-merge-v1";

/** A document that has passed the checks of PROTOCOL section 4; its events are not verified yet. */
export type PithDocument = {
  readonly kind: "bundle" | "state";
  readonly pithNumber: PithNumber;
  /** The copies of events, as in a bundle or as rebuilt from a state. */
  readonly copies: readonly JsonValue[];
  readonly aliases: readonly JsonValue[];
  /** The bundle's own canonical record, hashed. */
  readonly record: HashedRecord | undefined;
  /** A state's own hash, and whether it is partial. */
  readonly published: PublishedState | undefined;
  /** Entries of a state from which no event could be rebuilt: `EVENT_ID_UNVERIFIABLE`. */
  readonly unverifiable: number;
};

export type PublishedState = {
  readonly sha256: string;
  /** Whether its event_count exceeds the number of events that could be rebuilt from it. */
  readonly isPartial: boolean;
};

/**
 * Reads a bundle or a state from its text or its UTF-8 bytes. Linear in its size.
 *
 * Throws DocumentError with the code of the first failed check. `maxBytes` is compared with the number of bytes (of
 * a string: characters) before anything is parsed.
 */
export function parseDocument(input: string | Uint8Array, maxBytes = Number.POSITIVE_INFINITY): PithDocument {
  if (input.length > maxBytes) {
    throw new DocumentError("TOO_LARGE", `The document is larger than the ${maxBytes} bytes allowed.`);
  }
  return readDocument(parseJson(input));
}

/** Like `parseDocument`, for the result of `parseJson`. */
export function readDocument(value: JsonValue): PithDocument {
  if (!isJsonObject(value)) {
    throw new DocumentError("UNSUPPORTED_DOCUMENT", "A document is a JSON object: a bundle or a state.");
  }
  if (value["bundle_type"] === "pith_open_graph_bundle" && value["bundle_version"] === "1.0") {
    return readBundle(value);
  }
  if (value["state_type"] === "pith_open_graph_state" && value["state_version"] === "1.0") {
    return readState(value);
  }
  throw new DocumentError(
    "UNSUPPORTED_DOCUMENT",
    "Neither a pith_open_graph_bundle nor a pith_open_graph_state of version 1.0.",
  );
}

function readPithNumber(document: JsonObject): PithNumber {
  const pithNumber = document["pith_number"];
  if (isPithNumber(pithNumber)) return pithNumber;
  throw new DocumentError(
    "PITH_NUMBER_INVALID",
    "pith_number must be pith:<year>:<26 characters of base32>.",
  );
}

function malformed(message: string): DocumentError {
  return new DocumentError("MALFORMED_DOCUMENT", message);
}

function readBundle(bundle: JsonObject): PithDocument {
  const { events: copies, source_aliases: aliases, canonical_record: record } = bundle;
  if (!Array.isArray(copies)) throw malformed("events must be an array.");
  if (aliases !== undefined && !Array.isArray(aliases)) throw malformed("source_aliases must be an array.");
  const pithNumber = readPithNumber(bundle);
  if (record === undefined) {
    throw new DocumentError("RECORD_HASH_MISMATCH", "The bundle has no canonical_record.");
  }
  const text = canonicalJson(record);
  const digest = cryptography.sha256Text(text);
  if (bundle["canonical_sha256"] !== digest) {
    throw new DocumentError(
      "RECORD_HASH_MISMATCH",
      `canonical_sha256 is not that of canonical_record, which is ${digest}.`,
    );
  }
  if (!fitsRecord(pithNumber, record, digest)) {
    throw new DocumentError("RECORD_HASH_MISMATCH", "The Pith number does not fit canonical_record.");
  }
  return {
    kind: "bundle",
    pithNumber,
    copies,
    aliases: aliases ?? [],
    record: { text, digest },
    published: undefined,
    unverifiable: 0,
  };
}

function readState(state: JsonObject): PithDocument {
  const pithNumber = readPithNumber(state);
  const { current, state_sha256: sha256 } = state;
  if (state["merge_version"] !== mergeVersion) throw malformed(`merge_version must be ${mergeVersion}.`);
  if (!isJsonObject(current)) throw malformed("current must be an object.");
  const actual = stateSha256(state);
  if (sha256 !== actual) {
    throw new DocumentError(
      "STATE_HASH_MISMATCH",
      `state_sha256 is not that of the state, which is ${actual}.${describeMismatches(current, pithNumber)}`,
    );
  }

  const copies: JsonValue[] = [];
  let entries = 0;
  for (const type of eventTypes) {
    for (const entry of entriesOf(current, type)) {
      entries++;
      const copy = rebuildEvent(entry, type, pithNumber);
      if (copy !== null) copies.push(copy);
    }
  }
  const aliases = current["source_aliases"];
  if (aliases !== undefined && !Array.isArray(aliases)) {
    throw malformed("current.source_aliases must be an array.");
  }
  const count = state["event_count"];
  return {
    kind: "state",
    pithNumber,
    copies,
    aliases: aliases ?? [],
    record: undefined,
    published: { sha256: actual, isPartial: isJsonInteger(count) && count > copies.length },
    unverifiable: entries - copies.length,
  };
}

function stateSha256(state: JsonObject): string {
  const { state_sha256: _, ...rest } = state;
  // A rest pattern copies own members unchanged, including `__proto__`.
  return cryptography.sha256Text(canonicalJson(rest));
}

function entriesOf(current: JsonObject, type: EventType): JsonObject[] {
  const list = current[eventLists[type]];
  const path = `current.${eventLists[type]}`;
  if (type === "record_created") {
    if (list === undefined || list === null) return [];
    if (!isJsonObject(list)) throw malformed(`${path} must be an object or null.`);
    return [list];
  }
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw malformed(`${path} must be an array.`);
  if (!list.every(isJsonObject)) throw malformed(`Each entry of ${path} must be an object.`);
  return list as JsonObject[];
}

const entryKeys = ["event_id", "target", "created_at", "signer", "payload"] as const;

/**
 * Rebuilds an event from an entry of a state: its five keys, and empty links, since a state omits links. Null if its id
 * then does not match, as for every event that had links.
 */
function rebuildEvent(entry: JsonObject, type: EventType, pithNumber: PithNumber): JsonObject | null {
  for (const key of entryKeys) if (!Object.hasOwn(entry, key)) return null;
  const event: JsonObject = {
    event_id: entry["event_id"] as JsonValue,
    event_type: type,
    subject_pith_number: pithNumber,
    target: entry["target"] as JsonValue,
    payload: entry["payload"] as JsonValue,
    created_at: entry["created_at"] as JsonValue,
    prev_event: null,
    supersedes: [],
    schema_version: "1.0",
    signer: entry["signer"] as JsonValue,
  };
  const body = bodyText(event);
  return body !== null && eventIdOf(body) === event["event_id"] ? event : null;
}

/** Maximum number of entries named in a message. */
const maxNamed = 5;

/** Names the entries of a state that do not fit their event ids, for the error message. */
function describeMismatches(current: JsonObject, pithNumber: PithNumber): string {
  const named: string[] = [];
  for (const type of eventTypes) {
    const list = current[eventLists[type]];
    for (const entry of Array.isArray(list) ? list : [list]) {
      if (!isJsonObject(entry) || rebuildEvent(entry, type, pithNumber) !== null) continue;
      const id = entry["event_id"];
      named.push(`${type} ${typeof id === "string" ? id.slice(0, 80) : "without an event_id"}`);
    }
  }
  return named.length === 0
    ? " Every event in it still fits its id: the change is outside of them."
    : ` These do not fit their ids (changed, or linked to others): ${named.slice(0, maxNamed).join(", ")}.`;
}
