import type { Colours } from "../output/colours.ts";
import { shownText } from "../output/shown-text.ts";

export type Provenance = {
  readonly proof: string;
  readonly signer: { readonly signerId: string; readonly keyId: string };
};

/** A proof with the colour of how far it goes. Never by colour alone: the word says the same. */
export function proofWord(proof: string, colours: Colours): string {
  const paint = proof === "SIGNED" ? colours.good : proof === "RECEIPT" ? colours.name : colours.doubtful;
  return paint(shownText(proof));
}

/** `SIGNED by pith.science (pith-v1-2026-05)` */
export function provenanceText(provenance: Provenance | null, colours: Colours): string {
  if (provenance === null) return "nobody";
  const { proof, signer } = provenance;
  return `${proofWord(proof, colours)} by ${shownText(signer.signerId)} ${colours.faint(`(${shownText(signer.keyId)})`)}`;
}

export function resultWord(result: string, colours: Colours): string {
  const paint = result === "PASSED" ? colours.good : result === "FAILED" ? colours.bad : colours.doubtful;
  return paint(shownText(result));
}
