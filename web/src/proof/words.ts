export type Proof = "SIGNED" | "RECEIPT" | "HASH";

/** What the proofs are called, and what they say. */
export const proofWords: Readonly<Record<Proof, { readonly name: string; readonly meaning: string }>> = {
  SIGNED: {
    name: "Signed",
    meaning: "The event carries its signer's signature, and it verifies: it is their word.",
  },
  RECEIPT: {
    name: "Receipt",
    meaning:
      "The event is not signed, but the registry's signed receipt for the paper's record verifies: the record is theirs, the rest of the event may be anyone's.",
  },
  HASH: {
    name: "Hash only",
    meaning:
      "The content fits its id, and no signature covers it: true as far as you trust where the document came from.",
  },
};
