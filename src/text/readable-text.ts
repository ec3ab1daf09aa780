import { texToText } from "./tex/index.ts";
import { foldWhiteSpace } from "./white-space.ts";

/**
 * A title, name or abstract for display, search and export: TeX as Unicode text (NFC), mathematics preserved, on one
 * line. Idempotent, and never throws.
 *
 * @example readableText("Normalization  for\n $\\infty$-type th{\\'e}ories") // "Normalization for $\\infty$-type théories"
 */
export function readableText(source: string): string {
  return foldWhiteSpace(texToText(foldWhiteSpace(source)));
}
