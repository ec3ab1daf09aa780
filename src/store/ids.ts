import { cryptography, type PithNumber } from "../protocol/index.ts";

/**
 * Integer keys inside, registry identifiers outside. The integers are the first 63 bits of a SHA-256, so they
 * are the same on every mirror and after every rebuild, need no round trip to be given, and say nothing about
 * order. What they stand for is kept beside them, and `write` compares it: a collision is refused, not merged.
 */
function id63(text: string): bigint {
  return BigInt.asUintN(63, BigInt(`0x${cryptography.sha256Text(text).slice(0, 16)}`));
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
  return workIdOf(`${kind}:${value}`);
}

/** The key of a work, given its own: `arxiv:…`, `doi:…`, `work_id:…`, `pith:…` or `reference:…`. */
export function workIdOf(key: string): bigint {
  return id63(key);
}
