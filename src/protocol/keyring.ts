import { cryptography } from "./cryptography.ts";
import { decodePublicKey, publicKeyFault } from "./ed25519.ts";
import { eventTypes, isEventType } from "./event-types.ts";
import { fingerprintOf } from "./identifiers.ts";
import { type Instant, parseInstant } from "./instant.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";

/** One trusted key, as in configuration. PROTOCOL section 3. */
export type KeyringEntry = {
  key_id: string;
  signer_id: string;
  signer_type: string;
  /** The 32 raw bytes in standard base64. */
  public_key_b64: string;
  event_types: readonly string[];
  /** The first instant at which the key is valid. */
  valid_from?: string | null;
  /** The first instant at which it is no longer valid. */
  valid_until?: string | null;
};

export type TrustedKey = {
  readonly keyId: string;
  readonly signerId: string;
  readonly signerType: string;
  readonly fingerprint: string;
  readonly publicKeyBase64: string;
  readonly eventTypes: ReadonlySet<string>;
  readonly validFrom: Instant | null;
  readonly validUntil: Instant | null;
  /** Whether this key signed the message. Always false for a key that verifies nothing. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
};

/** The trusted keys by fingerprint. A document can name a key, but never add one. */
export type Keyring = ReadonlyMap<string, TrustedKey>;

/** An unusable keyring: the message names the entry and says what to do. */
export class KeyringError extends Error {
  override readonly name = "KeyringError";
}

/** The registry's own key, which may sign every event type. PROTOCOL section 2. */
export const registryKey: KeyringEntry = {
  key_id: "pith-v1-2026-05",
  signer_id: "pith.science",
  signer_type: "pith_registry",
  public_key_b64: "stVStoiQhXFxp4s2pdzPNoqVNBMojDU/fJ2db5S3CbM=",
  event_types: eventTypes,
};

/**
 * Builds a keyring. A key of small order, or with unreduced y, is accepted but verifies nothing, as PROTOCOL section 3
 * requires; `parseKeyring` is the strict check for configuration.
 *
 * Throws KeyringError for an invalid entry, or for two entries with one fingerprint.
 */
export function createKeyring(entries: readonly KeyringEntry[]): Keyring {
  const keyring = new Map<string, TrustedKey>();
  for (const [index, entry] of entries.entries()) {
    const key = trustedKey(entry, index);
    const other = keyring.get(key.fingerprint);
    if (other !== undefined) {
      throw new KeyringError(
        `Keyring entries ${describe(other.keyId)} and ${describe(key.keyId)} hold the same public key; keep one.`,
      );
    }
    keyring.set(key.fingerprint, key);
  }
  return keyring;
}

function trustedKey(entry: KeyringEntry, index: number): TrustedKey {
  const name = describe(entry.key_id, index);
  const publicKey = decodePublicKey(entry.public_key_b64);
  if (publicKey === null) {
    throw new KeyringError(`${name}: public_key_b64 must be the 32 raw bytes of the key in padded base64.`);
  }
  return {
    keyId: entry.key_id,
    signerId: entry.signer_id,
    signerType: entry.signer_type,
    fingerprint: fingerprintOf(publicKey),
    publicKeyBase64: entry.public_key_b64,
    eventTypes: new Set(entry.event_types),
    validFrom: bound(entry.valid_from, "valid_from", name),
    validUntil: bound(entry.valid_until, "valid_until", name),
    verify: cryptography.verifier(publicKey),
  };
}

function bound(text: string | null | undefined, member: string, name: string): Instant | null {
  if (text === undefined || text === null) return null;
  const instant = parseInstant(text);
  if (instant === null) {
    throw new KeyringError(`${name}: ${member} must be a time like 2026-05-01T00:00:00Z.`);
  }
  return instant;
}

function describe(keyId: string, index?: number): string {
  return index === undefined
    ? JSON.stringify(keyId)
    : `Keyring entry ${index + 1} (${JSON.stringify(keyId)})`;
}

/**
 * Parses the value of a keyring file: an array of PROTOCOL 3's entries. Strict, since a mistake here is a mistake about
 * trust: unknown members, unknown event types, keys of small order or off the curve are rejected.
 *
 * Throws KeyringError with the entry's name.
 */
export function parseKeyring(value: JsonValue): KeyringEntry[] {
  if (!Array.isArray(value)) {
    throw new KeyringError("A keyring must be a JSON array of entries {key_id, signer_id, …}.");
  }
  return value.map((item, index) => parseEntry(item, index));
}

const requiredTexts = ["key_id", "signer_id", "signer_type", "public_key_b64"] as const;
const members = new Set<string>([...requiredTexts, "event_types", "valid_from", "valid_until"]);

function parseEntry(item: JsonValue, index: number): KeyringEntry {
  if (!isJsonObject(item)) throw new KeyringError(`Keyring entry ${index + 1} must be an object.`);
  const keyId = item["key_id"];
  const name = typeof keyId === "string" ? describe(keyId, index) : `Keyring entry ${index + 1}`;
  for (const member of requiredTexts) {
    if (typeof item[member] !== "string" || item[member] === "") {
      throw new KeyringError(`${name}: ${member} must be a text.`);
    }
  }
  const unknown = Object.keys(item).find((member) => !members.has(member));
  if (unknown !== undefined) {
    throw new KeyringError(`${name}: unknown member ${JSON.stringify(unknown)}.`);
  }
  const types = item["event_types"];
  if (!Array.isArray(types) || !types.every(isEventType)) {
    throw new KeyringError(`${name}: event_types must be an array of the protocol's event types.`);
  }
  const publicKey = decodePublicKey(item["public_key_b64"] as string);
  const fault = publicKey === null ? null : publicKeyFault(publicKey);
  if (fault !== null) {
    throw new KeyringError(`${name}: public_key_b64 is no key to trust (${keyFaults[fault]}).`);
  }
  const entry = item as JsonObject & KeyringEntry;
  for (const member of ["valid_from", "valid_until"] as const) {
    // Null means absent.
    const time = Object.hasOwn(item, member) ? item[member] : null;
    if (time !== null && typeof time !== "string") {
      throw new KeyringError(`${name}: ${member} must be a time like 2026-05-01T00:00:00Z.`);
    }
  }
  // Reports the remaining errors: the form of the key and of the times.
  trustedKey(entry, index);
  return entry;
}

const keyFaults = {
  NOT_REDUCED: "its y is not below 2^255 − 19",
  SMALL_ORDER: "a point of small order: anyone can sign for it",
  NOT_ON_CURVE: "not a point of the curve",
} as const;

/** The entries that a keyring was built from, which can be sent to another thread. */
export function keyringEntries(keyring: Keyring): KeyringEntry[] {
  return [...keyring.values()].map((key) => ({
    key_id: key.keyId,
    signer_id: key.signerId,
    signer_type: key.signerType,
    public_key_b64: key.publicKeyBase64,
    event_types: [...key.eventTypes],
    ...(key.validFrom === null ? {} : { valid_from: `${key.validFrom}Z` }),
    ...(key.validUntil === null ? {} : { valid_until: `${key.validUntil}Z` }),
  }));
}
