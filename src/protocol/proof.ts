/** How well it is shown that an event is its signer's word, lowest first. PROTOCOL section 3. */
export const proofs = ["hash", "receipt", "signed"] as const;

export type Proof = (typeof proofs)[number];

export function isProof(value: unknown): value is Proof {
  return proofs.includes(value as Proof);
}

/**
 * 0, 1 or 2: proofs compare like their ranks. A comparison chain, not an object lookup: V8 would intern each string
 * from the database to use it as a property key.
 */
export function proofRank(proof: Proof): number {
  return proof === "signed" ? 2 : proof === "receipt" ? 1 : 0;
}

export function isAtLeast(proof: Proof, minimum: Proof): boolean {
  return proofRank(proof) >= proofRank(minimum);
}
