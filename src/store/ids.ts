import { cryptography, type PithNumber } from "../protocol/index.ts";

/**
 * Integer keys inside, registry identifiers outside. The integers are the first 63 bits of a SHA-256, so they
 * are the same on every mirror and after every rebuild, need no round trip to be given, and say nothing about
 * order. What they stand for is kept beside them, and `write` compares it: a collision is refused, not merged.
 */
function id63(text: string): bigint {
  return BigInt.asUintN(63, BigInt(`0x${cryptography.sha256Text(text).slice(0, 16)}`));
}

/** Works are cited again and again: the ids of their identifiers are kept, in two generations of so many. */
const mostKept = 20_000;

class KeptIds {
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
    if (this.#recent.size >= mostKept) {
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
 * The key of an identifier, and of the work that is known by it. `value` is in the one spelling that
 * `protocol/work-identity` gives.
 */
export function identifierIdOf(kind: IdentifierKind, value: string): bigint {
  return kept[kind].of(value);
}

const kept: Readonly<Record<IdentifierKind, KeptIds>> = {
  arxiv: new KeptIds("arxiv"),
  doi: new KeptIds("doi"),
  work_id: new KeptIds("work_id"),
};

/** The key of a work, given its own: `arxiv:…`, `doi:…`, `work_id:…`, `pith:…` or `reference:…`. */
export function workIdOf(key: string): bigint {
  return id63(key);
}
