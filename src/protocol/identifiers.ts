import { canonicalJson } from "./canonical-json.ts";
import { cryptography } from "./cryptography.ts";
import { isJsonObject, type JsonValue } from "./json.ts";

/** `pith:<year>:<suffix>`; the suffix is 26 characters of RFC 4648 base32. */
export type PithNumber = string & { readonly __brand: "PithNumber" };
/** `sha256:` and 64 lower-case hex digits. */
export type EventId = string & { readonly __brand: "EventId" };

const pithNumberShape = /^pith:[0-9]{4}:[A-Z2-7]{26}$/;
const eventIdShape = /^sha256:[0-9a-f]{64}$/;
const sha256Shape = /^[0-9a-f]{64}$/;

export function isPithNumber(value: unknown): value is PithNumber {
  return typeof value === "string" && pithNumberShape.test(value);
}

export function isEventId(value: unknown): value is EventId {
  return typeof value === "string" && eventIdShape.test(value);
}

/** 64 lower-case hex digits. */
export function isSha256(value: unknown): value is string {
  return typeof value === "string" && sha256Shape.test(value);
}

/** `sha(x)` of PROTOCOL section 1: lower-case hex SHA-256 of the canonical text. */
export function sha256OfValue(value: JsonValue): string {
  return cryptography.sha256Text(canonicalJson(value));
}

/** The 26 characters after `pith:<year>:`. */
export function suffixOf(pithNumber: PithNumber): string {
  return pithNumber.slice(10);
}

/** The lengths to which a suffix may be shortened. */
export const shortLengths = [8, 12, 16] as const;

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The suffix for a record's `canonical_sha256`: the first 26 characters of its base32. */
export function suffixOfDigest(canonicalSha256: string): string {
  let suffix = "";
  let bits = 0;
  let pending = 0;
  for (let index = 0; suffix.length < 26; index++) {
    pending = (pending << 4) | Number.parseInt(canonicalSha256[index] as string, 16);
    bits += 4;
    if (bits >= 5) {
      bits -= 5;
      suffix += base32[pending >> bits];
      pending &= (1 << bits) - 1;
    }
  }
  return suffix;
}

/** A key's fingerprint: the first 32 hex digits of SHA-256 of its 32 raw bytes. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return cryptography.sha256Bytes(publicKey).slice(0, 32);
}

/**
 * The year of a record's Pith number (PROTOCOL section 2): the first four digits of `metadata.submitted_at`, if a `-`
 * follows them. Null if the record has no such date: then any year matches.
 */
export function yearOfRecord(record: JsonValue): string | null {
  const metadata = isJsonObject(record) ? record["metadata"] : undefined;
  const submittedAt = isJsonObject(metadata) ? metadata["submitted_at"] : undefined;
  return typeof submittedAt === "string" && /^[0-9]{4}-/.test(submittedAt) ? submittedAt.slice(0, 4) : null;
}

/**
 * Whether a Pith number matches a record with this canonical SHA-256 (PROTOCOL section 2): the suffix is the digest's,
 * and the year is the record's, if the record has one.
 */
export function fitsRecord(pithNumber: PithNumber, record: JsonValue, digest: string): boolean {
  if (suffixOf(pithNumber) !== suffixOfDigest(digest)) return false;
  const year = yearOfRecord(record);
  return year === null || year === pithNumber.slice(5, 9);
}

// White space of Python's str.split(). JavaScript's \s also includes U+FEFF, and lacks U+001C–U+001F and U+0085.
const whiteSpace = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** `" ".join(text.split()).lower()` of PROTOCOL section 2, the input of `title_canon_sha256`. */
export function canonicalText(text: string): string {
  return text
    .split(whiteSpace)
    .filter((word) => word !== "")
    .join(" ")
    .toLowerCase();
}

/** The digest that binds a title or an abstract to a record: `title_canon_sha256`. */
export function canonicalTextSha256(text: string): string {
  return cryptography.sha256Text(canonicalText(text));
}
