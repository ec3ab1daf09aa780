import { cryptography, type PithNumber } from "../protocol/index.ts";

/**
 * Integer keys inside, registry identifiers outside. The integers are the first 63 bits of a SHA-256: the same on every
 * mirror and after every rebuild, assigned without a round trip, and in no meaningful order. The original text is
 * stored next to the integer, and compared when rows are written: a collision is rejected, not merged.
 */
function id63(text: string): bigint {
  return BigInt.asUintN(63, BigInt(`0x${cryptography.sha256Text(text).slice(0, 16)}`));
}

/** Works are cited repeatedly: the ids of their identifiers are cached, in two generations of this size. */
const generationSize = 20_000;

class IdentifierIds {
  readonly #kind: IdentifierKind;
  #recent = new Map<string, bigint>();
  #older = new Map<string, bigint>();

  constructor(kind: IdentifierKind) {
    this.#kind = kind;
  }

  of(value: string): bigint {
    const known = this.#recent.get(value);
    if (known !== undefined) return known;
    const id = this.#older.get(value) ?? id63(`${this.#kind}:${value}`);
    if (this.#recent.size >= generationSize) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(value, id);
    return id;
  }
}

/** The key of a paper's rows. */
export function paperIdOf(pithNumber: PithNumber): bigint {
  return id63(pithNumber);
}

export type IdentifierKind = "arxiv" | "doi" | "work_id";

/**
 * The key of an identifier, and of the work with this identifier. `value` must be in the canonical spelling of
 * `protocol/work-identity`.
 */
export function identifierIdOf(kind: IdentifierKind, value: string): bigint {
  return caches[kind].of(value);
}

const caches: Readonly<Record<IdentifierKind, IdentifierIds>> = {
  arxiv: new IdentifierIds("arxiv"),
  doi: new IdentifierIds("doi"),
  work_id: new IdentifierIds("work_id"),
};

/** The key of a work, given its text key: `arxiv:…`, `doi:…`, `work_id:…`, `pith:…` or `reference:…`. */
export function workIdOf(key: string): bigint {
  return id63(key);
}

/** The checksum of an empty set: of the states at position 0, or of a log without events. */
export const emptyChecksum = "0".repeat(64);

const modulus = 1n << 256n;

/** The contribution of a member to the checksum. */
function share(member: string): bigint {
  return BigInt(`0x${cryptography.sha256Text(member)}`);
}

/**
 * The checksum of a set of texts after a change: the sum modulo 2^256 of their SHA-256. It does not depend on the order
 * of changes.
 */
export function setChecksum(
  checksum: string,
  { added, removed }: { readonly added: Iterable<string>; readonly removed: Iterable<string> },
): string {
  let sum = BigInt(`0x${checksum}`);
  for (const member of added) sum += share(member);
  for (const member of removed) sum -= share(member);
  return (((sum % modulus) + modulus) % modulus).toString(16).padStart(64, "0");
}
