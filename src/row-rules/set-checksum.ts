import { createHash } from "node:crypto";

/** The checksum of an empty set: of the states at position 0, or of a log without events. */
export const emptyChecksum = "0".repeat(64);

const modulus = 1n << 256n;

/** The contribution of a member to the checksum. */
function share(member: string): bigint {
  return BigInt(`0x${createHash("sha256").update(member).digest("hex")}`);
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
