/** How far it is shown that an event is its signer's word, lowest first. PROTOCOL section 3. */
export const proofs = ["hash", "receipt", "signed"] as const;

export type Proof = (typeof proofs)[number];

export function isProof(value: unknown): value is Proof {
  return proofs.includes(value as Proof);
}

const ranks: Record<Proof, number> = { hash: 0, receipt: 1, signed: 2 };

/** 0, 1 or 2: proofs compare as these do. */
export function proofRank(proof: Proof): number {
  return ranks[proof];
}

export function isAtLeast(proof: Proof, minimum: Proof): boolean {
  return ranks[proof] >= ranks[minimum];
}
