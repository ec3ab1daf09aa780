import type { Colours } from "../output/colours.ts";
import { shownText } from "../output/shown-text.ts";

export type SignerOrigin = "REGISTRY" | "CONFIGURED" | "SAMPLE" | "UNKNOWN";

export type Provenance = {
  readonly proof: string;
  readonly signer: { readonly signerId: string; readonly keyId: string; readonly origin: SignerOrigin };
};

const originNotes: Readonly<Record<SignerOrigin, string | null>> = {
  REGISTRY: null,
  CONFIGURED: null,
  SAMPLE: "demo key, proves nothing",
  UNKNOWN: "key no longer trusted",
};

/**
 * A proof with the colour of how far it goes: the demo key's and an untrusted key's are never good. Never by colour
 * alone: the word says the same.
 */
export function proofWord(proof: string, colours: Colours, origin: SignerOrigin = "REGISTRY"): string {
  const isTrusted = originNotes[origin] === null;
  const paint =
    isTrusted && proof === "SIGNED"
      ? colours.good
      : isTrusted && proof === "RECEIPT"
        ? colours.name
        : colours.doubtful;
  return paint(shownText(proof));
}

/** `SIGNED by pith.science (pith-v1-2026-05)`; with the demo key ` [demo key, proves nothing]` behind it. */
export function provenanceText(provenance: Provenance | null, colours: Colours): string {
  if (provenance === null) return "nobody";
  const { proof, signer } = provenance;
  const note = originNotes[signer.origin];
  return [
    `${proofWord(proof, colours, signer.origin)} by ${shownText(signer.signerId)}`,
    colours.faint(`(${shownText(signer.keyId)})`),
    ...(note === null ? [] : [colours.doubtful(`[${note}]`)]),
  ].join(" ");
}

export function resultWord(result: string, colours: Colours): string {
  const paint = result === "PASSED" ? colours.good : result === "FAILED" ? colours.bad : colours.doubtful;
  return paint(shownText(result));
}
