import type { graphql, ResultOf, signerFragment } from "../api/index.ts";

export type Proof = ReturnType<typeof graphql.scalar<"Proof">>;
export type SignerOrigin = ReturnType<typeof graphql.scalar<"SignerOrigin">>;

export type Signer = ResultOf<typeof signerFragment>;

/** A statement's proof and signer, as the API gives them; `receipt` where the statement is a paper. */
export type Evidence = {
  readonly proof: Proof;
  readonly signer: Signer | null;
  readonly receipt?: "PASSED" | "FAILED" | "NOT_CHECKABLE";
};

/**
 * What a statement is worth here, from most to least: signed by a trusted key; a record with a trusted receipt, its
 * content unsigned; signed by the demo key or by one that is no longer trusted; matching its hash alone.
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

/** The name of each level of trust, as chips and legends show it. */
export const trustLabels: Readonly<Record<Trust, string>> = {
  signed: "Signed",
  receipt: "Record receipt",
  demo: "Demo signature",
  untrusted: "Untrusted key",
  hash: "Hash only",
};

/** What a level of trust says, in a sentence that names the signer. */
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

/** Where a key is known from, for badges beside a signer's name. */
export const originLabels: Readonly<Record<SignerOrigin, string>> = {
  REGISTRY: "registry",
  CONFIGURED: "configured key",
  SAMPLE: "demo key",
  UNKNOWN: "untrusted key",
};
