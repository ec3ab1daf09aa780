import { Point } from "@noble/ed25519";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

// Standard base64 whose last character has no spare bits set: equal to its own re-encoding by form alone.
const keyBase64 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const signatureBase64 = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** The 32 bytes of a raw public key in standard, padded base64; null for any other text. */
export function decodePublicKey(text: string): Uint8Array | null {
  return keyBase64.test(text) ? decodeBase64(text) : null;
}

/** The 64 bytes of a signature in standard, padded base64; null for any other text. */
export function decodeSignature(text: unknown): Uint8Array | null {
  return typeof text === "string" && signatureBase64.test(text) ? decodeBase64(text) : null;
}

type WithBuffer = { Buffer?: { from(text: string, encoding: "base64" | "hex"): Uint8Array } };
const buffer = (globalThis as WithBuffer).Buffer;

function decodeBase64(text: string): Uint8Array {
  if (buffer !== undefined) return plainBytes(buffer.from(text, "base64"));
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * A Buffer's slice() shares memory, unlike a Uint8Array's. No copy, though: V8 keeps small arrays on its own heap, and
 * would have to move them out of it for each signature.
 */
function plainBytes({ buffer: memory, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(memory, byteOffset, length);
}

/** 2^255 − 19. */
const prime = 2n ** 255n - 19n;
/** y of the points of order 8; the other two are `prime` minus these. */
const orderEight = BigInt("0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7");
/** y of the eight points of small order. The sign bit does not matter: both points are rejected. */
const smallOrder = new Set<bigint>([0n, 1n, prime - 1n, orderEight, prime - orderEight]);

/** Their little-endian encodings with the sign bit clear; the last two are 0 and 1 with unreduced y. */
const smallOrderEncodings = [...smallOrder, prime, prime + 1n].map((y) =>
  hexToBytes(y.toString(16).padStart(64, "0")).toReversed(),
);

type KeyFault = "NOT_REDUCED" | "SMALL_ORDER" | "NOT_ON_CURVE";

/**
 * Why a raw public key verifies nothing (PROTOCOL section 3): its y is not below the prime, or it is a point of small
 * order, which "signs" everything. Null if it may verify. `publicKeyFault` checks whether it is on the curve at all: a
 * key that is not fails by itself.
 */
export function weakness(publicKey: Uint8Array): KeyFault | null {
  const reversed = publicKey.toReversed();
  reversed[0] = (reversed[0] as number) & 0x7f;
  const y = BigInt(`0x${bytesToHex(reversed)}`);
  if (y >= prime) return "NOT_REDUCED";
  return smallOrder.has(y) ? "SMALL_ORDER" : null;
}

/**
 * Whether 32 bytes encode one of the eight points of small order, canonically or not. A signature that begins with such
 * an R is rejected even if the equation holds, because engines disagree on it (PROTOCOL section 3): OpenSSL 3.0 accepts
 * the identity, OpenSSL 3.5 does not.
 */
export function isSmallOrder(point: Uint8Array): boolean {
  const last = (point[31] as number) & 0x7f;
  return smallOrderEncodings.some((encoding) => {
    if (last !== encoding[31]) return false;
    for (let index = 0; index < 31; index++) if (point[index] !== encoding[index]) return false;
    return true;
  });
}

/** Like `weakness`, but also rejects points off the curve: for keys that a person configures. */
export function publicKeyFault(publicKey: Uint8Array): KeyFault | null {
  const fault = weakness(publicKey);
  if (fault !== null) return fault;
  try {
    Point.fromBytes(publicKey, false);
    return null;
  } catch {
    return "NOT_ON_CURVE";
  }
}

/** The 32 bytes of a lower-case hex SHA-256: the message of event signatures and receipts. */
export function digestBytes(hex: string): Uint8Array {
  return buffer === undefined ? hexToBytes(hex) : plainBytes(buffer.from(hex, "hex"));
}
