import type { AcceptedEvent } from "./accepted-event.ts";
import { type CanonicalTexts, canonicalJson } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { decodeSignature, digestBytes } from "./ed25519.ts";
import type { FaultReason, RejectionReason } from "./error-codes.ts";
import { type EventBody, eventIdOf, readBody } from "./event-body.ts";
import { isEventType } from "./event-types.ts";
import { checkSnapshot } from "./graph-snapshot.ts";
import { type EventId, fitsRecord, isPithNumber, type PithNumber, yearOfRecord } from "./identifiers.ts";
import type { Instant } from "./instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { createKeyring, type Keyring, registryKey, type TrustedKey } from "./keyring.ts";
import { parseJson } from "./parse-json.ts";
import { isAtLeast, type Proof } from "./proof.ts";

export type EventVerification =
  | { readonly accepted: true; readonly event: AcceptedEvent }
  | { readonly accepted: false; readonly id: string; readonly reason: RejectionReason };

/** The context for judging the copies of one document. */
export type VerificationContext = {
  readonly pithNumber: PithNumber;
  readonly keyring: Keyring;
  readonly minimumProof: Proof;
  /** The document's own canonical record, so that it is hashed only once. */
  readonly record?: HashedRecord | undefined;
  /** The stored signature of an event: it needs no second verification. */
  readonly storedSignature?: ((id: EventId) => StoredSignature | undefined) | undefined;
};

/** How an event was accepted before, under a key of the same fingerprint, which its id covers. */
export type StoredSignature = {
  /** Canonical text of the verified signature object; null if it came without one. */
  readonly signature: string | null;
  /** The fault found by rule 7 or 8; if it is null, any receipt was verified. */
  readonly fault: string | null;
};

/** Verifies one copy of an event by the rules of PROTOCOL section 5, in order, up to rule 8. */
export function verifyEventCopy(value: JsonValue, context: VerificationContext): EventVerification {
  const texts: CanonicalTexts = new Map();
  const body = readBody(value, texts);
  if (body === null) {
    return { accepted: false, id: eventIdOf(canonicalJson(value)), reason: "MALFORMED_EVENT" };
  }
  const copy = value as JsonObject;
  const refuse = (reason: RejectionReason): EventVerification => ({ accepted: false, id: body.id, reason });

  if (Object.hasOwn(copy, "event_id") && copy["event_id"] !== body.id) return refuse("EVENT_ID_MISMATCH");
  if (body.subject !== context.pithNumber) return refuse("SUBJECT_MISMATCH");

  const { signer } = body;
  const key = context.keyring.get(signer.public_key_fingerprint);
  if (key === undefined) return refuse("UNKNOWN_SIGNER");
  if (
    signer.key_id !== key.keyId ||
    signer.signer_id !== key.signerId ||
    signer.signer_type !== key.signerType
  ) {
    return refuse("SIGNER_MISMATCH");
  }
  if (!isKeyValidAt(body.instant, key)) return refuse("KEY_NOT_VALID");

  const signature = copy["signature"] ?? null;
  const stored = context.storedSignature?.(body.id);
  if (signature !== null && !isSignedBy(body.id, signature, key, stored)) return refuse("SIGNATURE_INVALID");

  const fault = checkContent(body, key, context, texts, stored?.fault === null);
  const proof: Proof =
    signature !== null ? "signed" : fault === null && isProvedByReceipt(body) ? "receipt" : "hash";
  if (!isAtLeast(proof, context.minimumProof)) return refuse("UNSIGNED");

  // The body was created for this event: it is completed, not copied.
  const event = Object.assign(body, { proof, fault, signature: signature as JsonObject | null });
  return { accepted: true, event };
}

function isKeyValidAt(instant: Instant, key: TrustedKey): boolean {
  return (
    (key.validFrom === null || instant >= key.validFrom) &&
    (key.validUntil === null || instant < key.validUntil)
  );
}

/** Rule 5: Ed25519 over the 32 raw bytes of the event id. */
function isSignedBy(
  id: EventId,
  signature: JsonValue,
  key: TrustedKey,
  stored: StoredSignature | undefined,
): boolean {
  if (!isJsonObject(signature)) return false;
  if (signature["algorithm"] !== "ed25519" || signature["key_id"] !== key.keyId) return false;
  if (signature["signed_message"] !== "event_sha256_bytes") return false;
  if (typeof stored?.signature === "string" && stored.signature === canonicalJson(signature)) return true;
  const bytes = decodeSignature(signature["signature_b64"]);
  return bytes !== null && key.verify(digestBytes(id.slice(7)), bytes);
}

/** Rules 7 and 8. */
function checkContent(
  body: EventBody,
  key: TrustedKey,
  context: VerificationContext,
  texts: CanonicalTexts,
  isReceiptVerified: boolean,
): FaultReason | null {
  if (!isEventType(body.type)) return "UNKNOWN_EVENT_TYPE";
  if (!key.eventTypes.has(body.type)) return "EVENT_TYPE_NOT_ALLOWED";
  if (body.type === "record_created") {
    return checkRecord(body, key, context.pithNumber, context.record, isReceiptVerified);
  }
  return body.type === "graph_snapshot" ? checkSnapshot(body.target, body.payload, texts) : null;
}

/** A canonical record's text with its SHA-256. */
export type HashedRecord = { readonly text: string; readonly digest: string };

/**
 * Rule 8 for `record_created`. If there is no fault, the receipt, if any, has been verified under the event's own
 * signer: now, or when the same event was accepted before.
 */
function checkRecord(
  body: EventBody,
  key: TrustedKey,
  pithNumber: PithNumber,
  known: HashedRecord | undefined,
  isReceiptVerified: boolean,
): FaultReason | null {
  const { canonical_record: record, canonical_sha256: digest } = body.payload;
  const receipt = body.payload["receipt"] ?? null;
  if (body.target !== "record" || !isJsonObject(record) || typeof digest !== "string") {
    return "MALFORMED_PAYLOAD";
  }
  const text = canonicalJson(record);
  const actual = text === known?.text ? known.digest : cryptography.sha256Text(text);
  if (digest !== actual || !fitsRecord(pithNumber, record, actual)) return "RECORD_HASH_MISMATCH";
  if (receipt !== null && !isValidReceipt(receipt, actual, key, isReceiptVerified)) return "RECEIPT_INVALID";
  return null;
}

/**
 * Whether an event without fault is proved by its receipt (PROTOCOL section 3). A receipt is public and covers the
 * record alone, so anyone who copies it can write the rest of the event: it proves no links, and only a record that
 * dates its Pith number.
 */
function isProvedByReceipt({ type, payload, prevEvent, supersedes }: EventBody): boolean {
  return (
    type === "record_created" &&
    (payload["receipt"] ?? null) !== null &&
    prevEvent === null &&
    supersedes.length === 0 &&
    yearOfRecord(payload["canonical_record"] ?? null) !== null
  );
}

/** PROTOCOL section 3: Ed25519 over the 32 raw bytes of the record's digest, by the event's own signer. */
function isValidReceipt(receipt: JsonValue, digest: string, key: TrustedKey, isVerified: boolean): boolean {
  if (!isJsonObject(receipt)) return false;
  if (receipt["algorithm"] !== "ed25519" || receipt["signed_message"] !== "canonical_sha256_bytes")
    return false;
  if (receipt["canonical_sha256"] !== digest || receipt["key_id"] !== key.keyId) return false;
  if (receipt["public_key_fingerprint"] !== key.fingerprint) return false;
  if (!key.eventTypes.has("record_created")) return false;
  if (isVerified) return true;
  const signature = decodeSignature(receipt["signature_b64"]);
  return signature !== null && key.verify(digestBytes(digest), signature);
}

/**
 * Verifies a single event by PROTOCOL section 5: its id is the hash of its nine keys, a key of the keyring signed it
 * (or how else it is proved), and its content is valid. The paper is the one that the event names.
 *
 * `event`: its JSON text, its UTF-8 bytes, or a result of `parseJson`, such as an entry of `parseDocument(…).copies`. A
 * result of `JSON.parse` may have lost the text of its numbers, and then its hash. `keyring`: defaults to the
 * registry's own key.
 *
 * An accepted event has its `proof`, and as `fault` why its content is invalid, or null. Throws DocumentError if a text
 * is not JSON.
 */
export function verifyEvent(
  event: Uint8Array | JsonValue,
  keyring: Keyring = createKeyring([registryKey]),
  minimumProof: Proof = "hash",
): EventVerification {
  const value = typeof event === "string" || event instanceof Uint8Array ? parseJson(event) : event;
  const subject = isJsonObject(value) ? value["subject_pith_number"] : undefined;
  // An event whose subject is no Pith number is about another paper than any: SUBJECT_MISMATCH.
  const pithNumber = isPithNumber(subject) ? subject : noPaper;
  return verifyEventCopy(value, { pithNumber, keyring, minimumProof });
}

const noPaper = `pith:0000:${"A".repeat(26)}` as PithNumber;
