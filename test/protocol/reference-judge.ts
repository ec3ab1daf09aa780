import { createHash, createPublicKey, verify } from "node:crypto";
import { Point } from "@noble/ed25519";
import {
  canonicalJson,
  isJsonInteger,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KeyringEntry,
} from "../../src/protocol/index.ts";

/**
 * An independent implementation of sections 2 to 5.8 of PROTOCOL.md, written from the text alone and for clarity, not
 * speed. From src/protocol it uses canonical JSON, which has its own tests, and nothing that judges.
 */
export const types = [
  "record_created",
  "graph_snapshot",
  "author_attestation",
  "timestamp_anchor",
  "storage_attestation",
  "citation_signature",
  "replication_record",
  "correction",
  "mirror_hint",
];

export const listOf = (type: string) =>
  type === "record_created" ? type : type === "replication_record" ? "replication_records" : `${type}s`;

export const nineKeys = [
  ...["created_at", "event_type", "payload", "prev_event", "schema_version"],
  ...["signer", "subject_pith_number", "supersedes", "target"],
];

export function sha(value: JsonValue): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** Microseconds since 1970; null if the text is not a time by rule 1. */
export function microseconds(text: JsonValue | undefined): bigint | null {
  if (typeof text !== "string") return null;
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]{1,6})?Z$/.exec(
    text,
  );
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same =
    year >= 1 &&
    date.toISOString().startsWith(`${text.slice(0, 19)}.000Z`.replace(/Z$/, "")) &&
    date.getUTCFullYear() === year;
  if (!same) return null;
  return BigInt(date.getTime()) * 1000n + BigInt((match[7] ?? ".").slice(1).padEnd(6, "0"));
}

export function levels(value: JsonValue): number {
  if (Array.isArray(value)) return 1 + Math.max(0, ...value.map(levels));
  return isJsonObject(value) ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;
}

function suffixOf(digest: string): string {
  const bits = [...digest].map((hex) => Number.parseInt(hex, 16).toString(2).padStart(4, "0")).join("");
  return Array.from({ length: 26 }, (_, index) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".charAt(Number.parseInt(bits.slice(5 * index, 5 * index + 5), 2)),
  ).join("");
}

/** The Pith number of a record. */
export function numberOf(record: JsonValue): string {
  return `pith:${yearOf(record) ?? "2023"}:${suffixOf(sha(record))}`;
}

/** The year in the Pith number of a record, if it has a date. */
function yearOf(record: JsonValue): string | null {
  const metadata = isJsonObject(record) ? record["metadata"] : null;
  const time = isJsonObject(metadata ?? null) ? (metadata as JsonObject)["submitted_at"] : null;
  return typeof time === "string" && /^[0-9]{4}-/.test(time) ? time.slice(0, 4) : null;
}

function fits(number: string, record: JsonValue): boolean {
  const year = yearOf(record);
  return number.slice(10) === suffixOf(sha(record)) && (year === null || year === number.slice(5, 9));
}

export const isNumber = (value: JsonValue | undefined): value is string =>
  typeof value === "string" && /^pith:[0-9]{4}:[A-Z2-7]{26}$/.test(value);
const isDigest = (value: JsonValue | undefined) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isId = (value: JsonValue) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value);

/** The multiples of a point of order 8. */
const eighth = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const smallOrder = new Set(
  [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((times) => eighth.multiply(times, false).toHex()),
);

/** Section 3: canonical base64 of 64 bytes, R not of small order, and the cofactorless equation, as in OpenSSL. */
function verifies(key: KeyringEntry, hex: string, base64: JsonValue | undefined): boolean {
  if (typeof base64 !== "string") return false;
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length !== 64 || bytes.toString("base64") !== base64) return false;
  if (smallOrder.has(bytes.toString("hex", 0, 32))) return false;
  const der = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(key.public_key_b64, "base64"),
  ]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, Buffer.from(hex, "hex"), publicKey, bytes);
}

export const fingerprintOf = (key: KeyringEntry) =>
  createHash("sha256").update(Buffer.from(key.public_key_b64, "base64")).digest("hex").slice(0, 32);

/** An accepted event of the set. */
export type Judged = {
  readonly id: string;
  readonly body: JsonObject;
  readonly fault: string | null;
  /** 0 is hash, 1 receipt, 2 signed. */
  readonly proof: number;
};

/** Rules 1 to 8 for one copy: the accepted event, or its id and the reason for its rejection. */
export function judge(
  copy: JsonValue,
  number: string,
  keys: readonly KeyringEntry[],
  minimum: number,
): Judged | readonly [id: string, reason: string] {
  if (!isWellFormed(copy)) return [`sha256:${sha(copy)}`, "MALFORMED_EVENT"];
  const body = Object.fromEntries(nineKeys.map((name) => [name, copy[name] as JsonValue]));
  const id = `sha256:${sha(body)}`;
  if ("event_id" in copy && copy["event_id"] !== id) return [id, "EVENT_ID_MISMATCH"];
  if (body["subject_pith_number"] !== number) return [id, "SUBJECT_MISMATCH"];
  const signer = body["signer"] as JsonObject;
  const key = keys.find((other) => fingerprintOf(other) === signer["public_key_fingerprint"]);
  if (key === undefined) return [id, "UNKNOWN_SIGNER"];
  const names = ["key_id", "signer_id", "signer_type"] as const;
  if (names.some((name) => signer[name] !== key[name])) return [id, "SIGNER_MISMATCH"];
  const at = microseconds(body["created_at"]) as bigint;
  const [from, until] = [microseconds(key.valid_from ?? null), microseconds(key.valid_until ?? null)];
  if ((from !== null && at < from) || (until !== null && at >= until)) return [id, "KEY_NOT_VALID"];
  const signature = copy["signature"] ?? null;
  if (signature !== null) {
    const good =
      isJsonObject(signature) &&
      signature["algorithm"] === "ed25519" &&
      signature["key_id"] === key.key_id &&
      signature["signed_message"] === "event_sha256_bytes" &&
      verifies(key, id.slice(7), signature["signature_b64"]);
    if (!good) return [id, "SIGNATURE_INVALID"];
  }
  const fault = faultOf(body, number, key);
  const payload = body["payload"] as JsonObject;
  const byReceipt =
    body["event_type"] === "record_created" &&
    body["target"] === "record" &&
    body["prev_event"] === null &&
    (body["supersedes"] as JsonValue[]).length === 0 &&
    fault === null &&
    yearOf(payload["canonical_record"] ?? null) !== null &&
    (payload["receipt"] ?? null) !== null;
  const proof = signature !== null ? 2 : byReceipt ? 1 : 0;
  return proof < minimum ? [id, "UNSIGNED"] : { id, body, fault, proof };
}

/** Rule 1. */
function isWellFormed(copy: JsonValue): copy is JsonObject {
  if (!isJsonObject(copy) || nineKeys.some((name) => !Object.hasOwn(copy, name))) return false;
  const { signer, supersedes, prev_event: prev, payload } = copy;
  const signerKeys = ["key_id", "public_key_fingerprint", "signer_id", "signer_type"];
  return (
    ["event_type", "subject_pith_number", "target"].every((name) => typeof copy[name] === "string") &&
    copy["schema_version"] === "1.0" &&
    microseconds(copy["created_at"]) !== null &&
    isJsonObject(signer) &&
    canonicalJson(Object.keys(signer).sort()) === canonicalJson(signerKeys) &&
    signerKeys.every((name) => typeof signer[name] === "string") &&
    isJsonObject(payload) &&
    levels(payload) <= 60 &&
    (prev === null || isId(prev as JsonValue)) &&
    Array.isArray(supersedes) &&
    supersedes.every((link, index) => isId(link) && supersedes.indexOf(link) === index)
  );
}

/** Rules 7 and 8. */
function faultOf(body: JsonObject, number: string, key: KeyringEntry): string | null {
  const type = body["event_type"] as string;
  const payload = body["payload"] as JsonObject;
  if (!types.includes(type)) return "UNKNOWN_EVENT_TYPE";
  if (!key.event_types.includes(type)) return "EVENT_TYPE_NOT_ALLOWED";
  if (type === "graph_snapshot") return snapshotFault(body["target"] as string, payload["graph_snapshot"]);
  if (type !== "record_created") return null;
  const { canonical_record: record, canonical_sha256: digest } = payload;
  if (body["target"] !== "record" || !isJsonObject(record) || typeof digest !== "string") {
    return "MALFORMED_PAYLOAD";
  }
  if (digest !== sha(record) || !fits(number, record)) return "RECORD_HASH_MISMATCH";
  const receipt = payload["receipt"] ?? null;
  if (receipt === null) return null;
  const good =
    isJsonObject(receipt) &&
    receipt["algorithm"] === "ed25519" &&
    receipt["signed_message"] === "canonical_sha256_bytes" &&
    receipt["canonical_sha256"] === digest &&
    receipt["key_id"] === key.key_id &&
    receipt["public_key_fingerprint"] === fingerprintOf(key) &&
    verifies(key, digest, receipt["signature_b64"]);
  return good ? null : "RECEIPT_INVALID";
}

function snapshotFault(target: string, snapshot: JsonValue | undefined): string | null {
  if (target !== "graph" || !isJsonObject(snapshot)) return "MALFORMED_PAYLOAD";
  const { paper, claims, references } = snapshot;
  if (!isJsonObject(paper) || !isJsonObject(claims) || !isJsonObject(references)) return "MALFORMED_PAYLOAD";
  for (const name of ["author_claims", "formal_canon"]) {
    if (name in snapshot && !isJsonObject(snapshot[name])) return "MALFORMED_PAYLOAD";
  }
  const { items } = claims;
  const { sample } = references;
  if (!Array.isArray(items) || !Array.isArray(sample)) return "MALFORMED_PAYLOAD";
  const hashOf = (list: JsonValue[]) => sha({ payload: list });
  const counted: [part: JsonValue | undefined, count: string, list: JsonValue[] | null, whole: boolean][] = [
    [claims, "count", items, true],
    [references, "count", sample, false],
    [snapshot["author_claims"], "count", null, false],
    [snapshot["formal_canon"], "evidence_count", null, false],
  ];
  for (const [part, name, list, isWhole] of counted) {
    if (!isJsonObject(part)) continue;
    const count = part[name];
    if (!isJsonInteger(count) || count < 0 || !isDigest(part["snapshot_sha256"])) {
      return "SNAPSHOT_HASH_MISMATCH";
    }
    const listed = BigInt(list?.length ?? 0);
    if (list !== null && (listed > BigInt(count) || (isWhole && listed < BigInt(count)))) {
      return "SNAPSHOT_HASH_MISMATCH";
    }
    if (listed === BigInt(count) && part["snapshot_sha256"] !== hashOf(list ?? [])) {
      return "SNAPSHOT_HASH_MISMATCH";
    }
  }
  return null;
}

/** A document of section 4. */
export type ReferenceDocument = {
  readonly number: string;
  readonly copies: readonly JsonValue[];
  readonly aliases: readonly JsonValue[];
  readonly isIncomplete: boolean;
};

export function readReference(document: JsonValue): ReferenceDocument | string {
  if (!isJsonObject(document)) return "UNSUPPORTED_DOCUMENT";
  if (document["bundle_type"] === "pith_open_graph_bundle" && document["bundle_version"] === "1.0") {
    return readReferenceBundle(document);
  }
  const isState = document["state_type"] === "pith_open_graph_state" && document["state_version"] === "1.0";
  return isState ? readReferenceState(document) : "UNSUPPORTED_DOCUMENT";
}

function readReferenceBundle(bundle: JsonObject): ReferenceDocument | string {
  const { events, pith_number: number, canonical_record: record } = bundle;
  const aliases = "source_aliases" in bundle ? bundle["source_aliases"] : [];
  if (!Array.isArray(events) || !Array.isArray(aliases)) return "MALFORMED_DOCUMENT";
  if (!isNumber(number)) return "PITH_NUMBER_INVALID";
  if (record === undefined || bundle["canonical_sha256"] !== sha(record) || !fits(number, record)) {
    return "RECORD_HASH_MISMATCH";
  }
  return { number, copies: events, aliases, isIncomplete: false };
}

function readReferenceState(state: JsonObject): ReferenceDocument | string {
  const { pith_number: number, current, state_sha256: digest } = state;
  if (!isNumber(number)) return "PITH_NUMBER_INVALID";
  if (state["merge_version"] !== "pith-open-graph-merge-v1" || !isJsonObject(current)) {
    return "MALFORMED_DOCUMENT";
  }
  const others = Object.fromEntries(Object.entries(state).filter(([name]) => name !== "state_sha256"));
  if (digest !== sha(others)) return "STATE_HASH_MISMATCH";
  const copies: JsonValue[] = [];
  let isIncomplete = false;
  for (const type of types) {
    const list = current[listOf(type)];
    if (list === undefined || (list === null && type === "record_created")) continue;
    const entries = type === "record_created" ? [list] : list;
    if (!Array.isArray(entries) || !entries.every((entry) => isJsonObject(entry)))
      return "MALFORMED_DOCUMENT";
    for (const entry of entries as JsonObject[]) {
      const { event_id: id, target, created_at: at, signer, payload } = entry;
      const body = {
        ...{ event_type: type, subject_pith_number: number, schema_version: "1.0" },
        ...{ target, created_at: at, signer, payload, prev_event: null, supersedes: [] as JsonValue[] },
      };
      const parts = [id, target, at, signer, payload];
      if (parts.includes(undefined) || id !== `sha256:${sha(body as JsonObject)}`) isIncomplete = true;
      else copies.push({ ...body, event_id: id } as JsonObject);
    }
  }
  const aliases = "source_aliases" in current ? current["source_aliases"] : [];
  return Array.isArray(aliases) ? { number, copies, aliases, isIncomplete } : "MALFORMED_DOCUMENT";
}
