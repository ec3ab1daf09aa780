import type { graphql, ResultOf, signerFragment } from "../api/index.ts";

export type Proof = ReturnType<typeof graphql.scalar<"Proof">>;
export type SignerOrigin = ReturnType<typeof graphql.scalar<"SignerOrigin">>;

export type Signer = ResultOf<typeof signerFragment>;

/** A statement's proof and signer. `receipt` is present for papers. */
export type Evidence = {
  readonly proof: Proof;
  readonly signer: Signer | null;
  readonly receipt?: "PASSED" | "FAILED" | "NOT_CHECKABLE";
};

/**
 * Levels of trust, highest first: signed with a trusted key; a trusted receipt for the record, its content unsigned;
 * signed with the demo key; signed with a key that is no longer trusted; matching its hash only.
 */
export type Trust = "signed" | "receipt" | "demo" | "untrusted" | "hash";

export const trusts: readonly Trust[] = ["signed", "receipt", "demo", "untrusted", "hash"];

export function trustOf({ proof, signer, receipt }: Evidence): Trust {
  const isTrusted = signer?.origin === "REGISTRY" || signer?.origin === "CONFIGURED";
  if (proof === "HASH") return isTrusted && receipt === "PASSED" ? "receipt" : "hash";
  if (signer?.origin === "SAMPLE") return "demo";
  if (!isTrusted) return "untrusted";
  return proof === "SIGNED" ? "signed" : "receipt";
}

/** The label of each level of trust. */
export const trustLabels: Readonly<Record<Trust, string>> = {
  signed: "Signed",
  receipt: "Record receipt",
  demo: "Demo signature",
  untrusted: "Untrusted key",
  hash: "Hash only",
};

/** Explains a level of trust in a sentence that names the signer. */
export function describeTrust(trust: Trust, signer: Signer | null): string {
  const who = signer?.signerId ?? "The signer";
  switch (trust) {
    case "signed":
      return `Signed by ${who}, and the signature is valid.`;
    case "receipt":
      return `${who} signed a receipt for the paper's record. The title, claims and references match their hash, but nobody signed them.`;
    case "demo":
      return "Signed with the demo key of the sample data. Its private key is public, so the signature proves nothing.";
    case "untrusted":
      return `Signed by ${who} with a key that this mirror no longer trusts.`;
    case "hash":
      return "The content matches its hash, but nobody signed it. Trust it only as far as you trust its source.";
  }
}

/** The origin of a key, as a badge beside the signer's name. */
export const originLabels: Readonly<Record<SignerOrigin, string>> = {
  REGISTRY: "registry",
  CONFIGURED: "configured key",
  SAMPLE: "demo key",
  UNKNOWN: "untrusted key",
};
