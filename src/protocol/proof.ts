/** How far it is shown that an event is its signer's word, lowest first. PROTOCOL section 3. */
export const proofs = ["hash", "receipt", "signed"] as const;

export type Proof = (typeof proofs)[number];

export function isProof(value: unknown): value is Proof {
  return proofs.includes(value as Proof);
}

/**
 * 0, 1 or 2: proofs compare as these do. Compared, not looked up: a text that a database gave is nobody's property
 * name yet, and would be made one each time.
 */
export function proofRank(proof: Proof): number {
  return proof === "signed" ? 2 : proof === "receipt" ? 1 : 0;
}

export function isAtLeast(proof: Proof, minimum: Proof): boolean {
  return proofRank(proof) >= proofRank(minimum);
}
