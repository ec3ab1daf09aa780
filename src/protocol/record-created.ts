import { canonicalJson } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { decodeSignature, digestBytes } from "./ed25519.ts";
import type { EventBody } from "./event-body.ts";
import { fitsRecord, type PithNumber, yearOfRecord } from "./identifiers.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import type { TrustedKey } from "./keyring.ts";
import type { FaultReason } from "./reasons.ts";

/** A canonical record's text with its SHA-256. */
export type KnownRecord = { readonly text: string; readonly digest: string };

/**
 * Rule 8 for `record_created`. If there is no fault, the receipt, if any, has been verified under the event's own
 * signer: now, or when the same event was accepted before.
 */
export function judgeRecord(
  body: EventBody,
  key: TrustedKey,
  pithNumber: PithNumber,
  known: KnownRecord | undefined,
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
  if (receipt !== null && !isReceipt(receipt, actual, key, isReceiptVerified)) return "RECEIPT_INVALID";
  return null;
}

/**
 * Whether an event without fault is proved by its receipt (PROTOCOL section 3). A receipt is public and covers the
 * record alone, so anyone who copies it can write the rest of the event: it proves no links, and only a record that
 * dates its Pith number.
 */
export function isProvedByReceipt({ type, payload, prevEvent, supersedes }: EventBody): boolean {
  return (
    type === "record_created" &&
    (payload["receipt"] ?? null) !== null &&
    prevEvent === null &&
    supersedes.length === 0 &&
    yearOfRecord(payload["canonical_record"] ?? null) !== null
  );
}

/** PROTOCOL section 3: Ed25519 over the 32 raw bytes of the record's digest, by the event's own signer. */
function isReceipt(receipt: JsonValue, digest: string, key: TrustedKey, isVerified: boolean): boolean {
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
