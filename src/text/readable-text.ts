import { texToText } from "./tex/tex-to-text.ts";
import { foldWhiteSpace } from "./white-space.ts";

/**
 * A title, name or abstract as it is shown, searched and exported: TeX as Unicode text (NFC), mathematics kept, on one
 * line. Idempotent, and never throws.
 *
 * @example readableText("Normalization  for\n $\\infty$-type th{\\'e}ories") // "Normalization for $\\infty$-type théories"
 */
export function readableText(source: string): string {
  return foldWhiteSpace(texToText(foldWhiteSpace(source)));
}
