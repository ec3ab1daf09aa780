import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { Point } from "@noble/ed25519";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodePublicKey,
  decodeSignature,
  isSmallOrder,
  publicKeyFault,
  weakness,
} from "../../src/protocol/ed25519.ts";
import {
  type Cryptography,
  createKeyring,
  cryptography,
  findNodeCryptography,
  portableCryptography,
} from "../../src/protocol/index.ts";

const node = findNodeCryptography() as Cryptography;

const prime = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => Number((value >> BigInt(8 * index)) & 255n));
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function modulo(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

/** k of RFC 8032 5.1.7, reduced modulo the order. */
function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  return fromLittleEndian(createHash("sha512").update(r).update(a).update(message).digest()) % order;
}

function join(r: Uint8Array, s: bigint): Uint8Array {
  return Uint8Array.from([...r, ...littleEndian(s)]);
}

/** The verdict of both implementations, which must agree. */
function verdict(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const byNode = node.verifier(publicKey)(message, signature);
  expect(portableCryptography.verifier(publicKey)(message, signature)).toBe(byNode);
  return byNode;
}

/** The verdict of a key in a keyring, which rejects weak keys first. */
function verdictOfKey(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const [key] = createKeyring([
    {
      key_id: "k",
      signer_id: "s",
      signer_type: "t",
      public_key_b64: Buffer.from(publicKey).toString("base64"),
      event_types: [],
    },
  ]).values();
  return key?.verify(message, signature) ?? false;
}

/** A point of order 8; its multiples are all the points of small order. */
const torsionGenerator = Point.fromBytes(
  Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "hex"),
  false,
);
const torsion = Array.from({ length: 8 }, (_, times) => torsionGenerator.multiply(BigInt(times), false));

/** The y of every encoding of a small-order point that is below 2^255, canonical or not. */
const smallOrderY = [...new Set(torsion.map((point) => point.toAffine().y))].flatMap((y) =>
  y + prime < 2n ** 255n ? [y, y + prime] : [y],
);
/** The 14 encodings of ZIP 215: each y with either sign. */
const smallOrderEncodings = smallOrderY.flatMap((y) => [littleEndian(y), littleEndian(y + 2n ** 255n)]);

const message = new Uint8Array(32).fill(7);
const secret = 0x1234567890abcdef1234567890abcdef1234567890abcdefn;
const publicPoint = Point.BASE.multiply(secret);
const publicKey = publicPoint.toBytes();

describe("the implementations of Ed25519 and SHA-256", () => {
  test("are node and portable, and node is in use", () => {
    expect([node.name, portableCryptography.name, cryptography.name]).toEqual(["node", "portable", "node"]);
  });

  test("compute the same hashes of texts and bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
        expect(portableCryptography.sha256Text(text)).toBe(node.sha256Text(text));
        expect(portableCryptography.sha256Bytes(bytes)).toBe(node.sha256Bytes(bytes));
        const parts = [text, bytes, text];
        const together = Buffer.concat(parts.map((part) => Buffer.from(part)));
        expect(portableCryptography.sha256Parts(parts)).toBe(node.sha256Bytes(together));
        expect(node.sha256Parts(parts)).toBe(node.sha256Bytes(together));
      }),
    );
    // The example of FIPS 180-4.
    expect(node.sha256Text("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });

  // RFC 8032, 7.1.
  test.each([
    [
      "TEST 1",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
      "TEST 2",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
      "TEST 3",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
  ])(
    "accept the signature of RFC 8032 7.1 %s, and reject it for another message",
    (_, key, text, signature) => {
      const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, "hex"));
      expect(verdict(bytes(key), bytes(text), bytes(signature))).toBe(true);
      expect(verdict(bytes(key), bytes(`${text}00`), bytes(signature))).toBe(false);
    },
  );

  /** @threat T1 */
  test("accept an honest signature, and reject it with any one bit changed", () => {
    const { publicKey: key, privateKey } = generateKeyPairSync("ed25519");
    const raw = new Uint8Array(key.export({ format: "der", type: "spki" }).subarray(12));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(128 * 8 - 1), (text, bit) => {
        const signature = new Uint8Array(sign(null, text, privateKey));
        expect(verdict(raw, text, signature)).toBe(true);
        const all = Uint8Array.from([...signature, ...text, ...raw]);
        all[bit >> 3] = (all[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(verdict(all.slice(96), all.slice(64, 96), all.slice(0, 64))).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test("reject arbitrary bytes without throwing", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), bytes(32), bytes(64), (key, text, signature) => {
        expect(verdict(key, text, signature)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe("verification by the cofactorless equation", () => {
  const nonce = 0xfedcba0987654321n;

  /** Signs with nonce `r`, a torsion part added to R, by a key that has a torsion part. */
  function signMixed(text: Uint8Array, keyTorsion: number, nonceTorsion: number) {
    const a = publicPoint.add(torsion[keyTorsion] as Point).toBytes();
    const r = Point.BASE.multiply(nonce)
      .add(torsion[nonceTorsion] as Point)
      .toBytes();
    const k = challenge(r, a, text);
    return { a, k, signature: join(r, (nonce + k * secret) % order) };
  }

  test("compares R with [S]B − [k]A including the torsion of key and nonce", () => {
    const verdicts = { accepted: 0, refused: 0 };
    for (let keyTorsion = 0; keyTorsion < 8; keyTorsion++) {
      for (let nonceTorsion = 0; nonceTorsion < 8; nonceTorsion++) {
        for (const fill of [1, 2]) {
          const text = new Uint8Array(32).fill(fill);
          const { a, k, signature } = signMixed(text, keyTorsion, nonceTorsion);
          // [S]B − [k]A leaves −k times the key's torsion.
          const expected = modulo(-k * BigInt(keyTorsion), 8n) === BigInt(nonceTorsion);
          expect(verdict(a, text, signature)).toBe(expected);
          expect(verdictOfKey(a, text, signature)).toBe(expected);
          verdicts[expected ? "accepted" : "refused"]++;
        }
      }
    }
    // With the cofactor cleared all of these would pass.
    expect(verdicts.accepted).toBeGreaterThan(8);
    expect(verdicts.refused).toBeGreaterThan(80);
  });

  /** Whether the equation holds, without the other rules. */
  function equationHolds(a: Uint8Array, text: Uint8Array, signature: Uint8Array): boolean {
    const r = signature.slice(0, 32);
    const s = fromLittleEndian(signature.slice(32));
    const k = challenge(r, a, text);
    const expected = Point.BASE.multiply(s, false).subtract(Point.fromBytes(a, false).multiply(k, false));
    return Buffer.from(expected.toBytes()).equals(r);
  }

  /** @threat T3 */
  test("rejects each of the eight R of small order even if the equation holds", () => {
    const seen = new Set<number>();
    for (let keyTorsion = 0; keyTorsion < 8; keyTorsion++) {
      const a = publicPoint.add(torsion[keyTorsion] as Point).toBytes();
      for (const [nonceTorsion, point] of torsion.entries()) {
        for (let fill = 0; fill < 16; fill++) {
          const text = new Uint8Array(32).fill(fill);
          const r = point.toBytes();
          const signature = join(r, (challenge(r, a, text) * secret) % order);
          if (equationHolds(a, text, signature)) seen.add(nonceTorsion);
          expect(verdict(a, text, signature)).toBe(false);
          expect(verdictOfKey(a, text, signature)).toBe(false);
        }
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("rejects R of small order in each of its fourteen encodings, and in no other", () => {
    for (const r of smallOrderEncodings) {
      expect(isSmallOrder(r)).toBe(true);
      const s = (challenge(r, publicKey, message) * secret) % order;
      expect(verdict(publicKey, message, join(r, s))).toBe(false);
    }
    fc.assert(
      fc.property(fc.constantFrom(...smallOrderEncodings), fc.nat(254), (r, bit) => {
        const other = Uint8Array.from(r);
        other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
        const isAnother = smallOrderEncodings.some((encoding) => Buffer.from(encoding).equals(other));
        expect(isSmallOrder(other)).toBe(isAnother);
      }),
    );
  });

  /** @threat T3 */
  test("rejects S that is not below the order", () => {
    const { a, signature } = signMixed(message, 0, 0);
    const r = signature.slice(0, 32);
    const s = fromLittleEndian(signature.slice(32));
    expect(verdict(a, message, signature)).toBe(true);
    for (let other = s + order; other < 2n ** 256n; other += order) {
      expect(verdict(a, message, join(r, other))).toBe(false);
    }
    for (const other of [0n, 1n, order - s, order - 1n, order, 2n ** 252n, 2n ** 255n, 2n ** 256n - 1n]) {
      expect(verdict(a, message, join(r, other))).toBe(false);
    }
  });

  test("rejects R that is not encoded as the equation encodes it", () => {
    // R = identity with a correct S, in the other encodings of y = 1.
    for (const r of [littleEndian(prime + 1n), littleEndian(1n + 2n ** 255n)]) {
      const s = (challenge(r, publicKey, message) * secret) % order;
      expect(verdict(publicKey, message, join(r, s))).toBe(false);
    }
    // Off the curve.
    expect(verdict(publicKey, message, join(littleEndian(2n), 1n))).toBe(false);
  });
});

describe("weak keys", () => {
  test("are eight points of small order in fourteen encodings", () => {
    expect(new Set(torsion.map((point) => point.toHex())).size).toBe(8);
    expect(torsion.map((point) => point.isSmallOrder())).toEqual(torsion.map(() => true));
    expect(new Set(smallOrderEncodings.map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(14);
  });

  test("are SMALL_ORDER by weakness() exactly if they are reduced points of small order", () => {
    for (const [times, point] of torsion.entries()) {
      expect([times, weakness(point.toBytes())]).toEqual([times, "SMALL_ORDER"]);
      const mixed = publicPoint.add(point);
      expect(mixed.isSmallOrder()).toBe(false);
      expect(weakness(mixed.toBytes())).toBeNull();
    }
    for (const bytes of smallOrderEncodings) expect(weakness(bytes)).not.toBeNull();
  });

  test("are NOT_REDUCED by weakness() if y is not below 2^255 − 19", () => {
    for (let y = prime; y < 2n ** 255n; y++) {
      expect(weakness(littleEndian(y))).toBe("NOT_REDUCED");
      expect(weakness(littleEndian(y + 2n ** 255n))).toBe("NOT_REDUCED");
    }
    expect(weakness(littleEndian(prime - 2n))).toBeNull();
  });

  // The 14 × 14 signatures of ZIP 215, whose rule accepts all of them.
  /** @threat T3 */
  test("verify no signature with R of small order and S = 0, in any encoding", () => {
    for (const a of smallOrderEncodings) {
      for (const r of smallOrderEncodings) expect(verdictOfKey(a, message, join(r, 0n))).toBe(false);
    }
    // The equation holds for some: [0]B − [k]O is O.
    expect(Point.BASE.multiply(0n, false).subtract(Point.ZERO.multiply(5n, false)).is0()).toBe(true);
  });

  test("include keys off the curve, which verify no signature", () => {
    const offCurve = littleEndian(2n);
    expect(publicKeyFault(offCurve)).toBe("NOT_ON_CURVE");
    expect(publicKeyFault(publicKey)).toBeNull();
    expect(publicKeyFault(Point.ZERO.toBytes())).toBe("SMALL_ORDER");
    expect(verdict(offCurve, message, join(Point.ZERO.toBytes(), 0n))).toBe(false);
  });
});

describe("decodePublicKey and decodeSignature", () => {
  test.each<[what: string, bytes: number, decode: (text: string) => Uint8Array | null]>([
    ["a public key", 32, decodePublicKey],
    ["a signature", 64, decodeSignature],
  ])("accept %s only as padded standard base64 that is equal to its re-encoding", (_, size, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(decode(text)).toEqual(bytes);
        const body = text.replace(/=+$/, "");
        for (const other of [body, `${body}=====`, ` ${text}`, `${text}\n`, text.slice(4), `AAAA${text}`]) {
          expect(decode(other)).toBeNull();
        }
        const urlSafe = text.replaceAll("+", "-").replaceAll("/", "_");
        if (urlSafe !== text) expect(decode(urlSafe)).toBeNull();
      }),
    );
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const padding = "=".repeat(size === 32 ? 1 : 2);
    const head = "A".repeat(size === 32 ? 42 : 85);
    for (const last of alphabet) {
      const text = `${head}${last}${padding}`;
      // Node's own decoder ignores the spare bits; equality after encoding again does not.
      const roundTrips = Buffer.from(text, "base64").toString("base64") === text;
      expect([last, decode(text) !== null]).toEqual([last, roundTrips]);
    }
  });

  test("return null for a signature that is not a string", () => {
    for (const value of [undefined, null, 5, {}, []]) expect(decodeSignature(value)).toBeNull();
  });
});
