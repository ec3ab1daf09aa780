import { Point } from "@noble/ed25519";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { isSmallOrder, weakness } from "./ed25519.ts";

/**
 * The two primitives of the protocol, in one of two implementations with equal verdicts: Node's own OpenSSL if
 * available, else @noble's curve and hashes (browsers; the reference in tests).
 */
export type Cryptography = {
  readonly name: "node" | "portable";
  /** Lower-case hex SHA-256 of the UTF-8 bytes of a text. */
  sha256Text(text: string): string;
  /** Lower-case hex SHA-256 of bytes. */
  sha256Bytes(bytes: Uint8Array): string;
  /** Lower-case hex SHA-256 of a concatenation of texts, as UTF-8, and bytes. */
  sha256Parts(parts: Iterable<string | Uint8Array>): string;
  /**
   * Prepares a verifier for a raw 32-byte public key. It takes a message and a 64-byte signature, follows PROTOCOL
   * section 3, and never throws: a key of small order or with y not below the prime verifies nothing, nor does a
   * signature whose R is of small order; for all others the cofactorless equation decides.
   */
  verifier(publicKey: Uint8Array): Verifier;
};

type Verifier = (message: Uint8Array, signature: Uint8Array) => boolean;

const verifiesNothing: Verifier = () => false;

/** Rejects the inputs on which engines disagree, before an engine is called. */
function strict(engine: (publicKey: Uint8Array) => Verifier): (publicKey: Uint8Array) => Verifier {
  return (publicKey) => {
    if (weakness(publicKey) !== null) return verifiesNothing;
    const verify = engine(publicKey);
    return (message, signature) => !isSmallOrder(signature) && verify(message, signature);
  };
}

/** The order of the base point: signatures whose S is not below it are rejected. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

export const portableCryptography: Cryptography = {
  name: "portable",
  sha256Text: (text) => bytesToHex(sha256(utf8ToBytes(text))),
  sha256Bytes: (bytes) => bytesToHex(sha256(bytes)),
  sha256Parts: (parts) => {
    const hash = sha256.create();
    for (const part of parts) hash.update(typeof part === "string" ? utf8ToBytes(part) : part);
    return bytesToHex(hash.digest());
  },
  verifier: strict((publicKey) => {
    let a: Point;
    try {
      a = Point.fromBytes(publicKey, false);
    } catch {
      return verifiesNothing; // No point of the curve.
    }
    return (message, signature) => {
      const r = signature.subarray(0, 32);
      const s = littleEndian(signature.subarray(32, 64));
      if (s >= order) return false;
      // RFC 8032 5.1.7 without the cofactor: encode([S]B − [k]A) must be the bytes of R. k is reduced modulo
      // the order, as OpenSSL does: for a key with a torsion part that matters.
      const digest = sha512.create().update(r).update(publicKey).update(message).digest();
      const k = littleEndian(digest) % order;
      const expected = Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes();
      return expected.every((byte, index) => byte === r[index]);
    };
  }),
};

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes.toReversed())}`);
}

/** The part of `node:crypto` that is used; declared here since this folder must not depend on Node's types. */
type NodeCrypto = {
  hash?: (algorithm: string, data: string | Uint8Array, encoding: "hex") => string;
  createHash: (algorithm: string) => NodeHash;
  createPublicKey: (key: { key: Uint8Array; format: "der"; type: "spki" }) => unknown;
  verify: (algorithm: null, message: Uint8Array, key: unknown, signature: Uint8Array) => boolean;
};

type NodeHash = { update(data: string | Uint8Array): NodeHash; digest(encoding: "hex"): string };

/** The DER head of an Ed25519 SubjectPublicKeyInfo; the 32 raw bytes follow it. */
const subjectPublicKeyInfo = hexToBytes("302a300506032b6570032100");

function nodeCryptography(node: NodeCrypto): Cryptography {
  const digest = node.hash
    ? (data: string | Uint8Array) => (node.hash as NonNullable<NodeCrypto["hash"]>)("sha256", data, "hex")
    : (data: string | Uint8Array) => node.createHash("sha256").update(data).digest("hex");
  return {
    name: "node",
    sha256Text: digest,
    sha256Bytes: digest,
    sha256Parts: (parts) => {
      const hash = node.createHash("sha256");
      // A call costs more than a short text, so texts that follow each other are joined.
      let text = "";
      for (const part of parts) {
        if (typeof part === "string") text += part;
        else {
          hash.update(text).update(part);
          text = "";
        }
      }
      return hash.update(text).digest("hex");
    },
    verifier: strict((publicKey) => {
      const der = new Uint8Array(44);
      der.set(subjectPublicKeyInfo);
      der.set(publicKey, 12);
      let key: unknown;
      try {
        key = node.createPublicKey({ key: der, format: "der", type: "spki" });
      } catch {
        return verifiesNothing;
      }
      return (message, signature) => {
        try {
          return node.verify(null, message, key, signature);
        } catch {
          return false;
        }
      };
    }),
  };
}

type WithBuiltins = { process?: { getBuiltinModule?: (id: string) => unknown } };

/** Node's cryptography; undefined elsewhere. */
export function findNodeCryptography(): Cryptography | undefined {
  const node = (globalThis as WithBuiltins).process?.getBuiltinModule?.("node:crypto");
  return node === undefined ? undefined : nodeCryptography(node as NodeCrypto);
}

/** The fastest implementation available here. */
export const cryptography: Cryptography = findNodeCryptography() ?? portableCryptography;
