import { texToText } from "./tex-to-text.ts";

/**
 * A title, name or abstract for display, search and export: TeX as Unicode text (NFC), mathematics preserved, on one
 * line. Idempotent, and never throws.
 *
 * @example readableText("Normalization  for\n $\\infty$-type th{\\'e}ories") // "Normalization for $\\infty$-type théories"
 */
export function readableText(source: string): string {
  return foldWhiteSpace(texToText(foldWhiteSpace(source)));
}

/**
 * A text on one line: every run of white space, line ends and control characters becomes one space, and those at both
 * ends are removed. Idempotent.
 */
export function foldWhiteSpace(text: string): string {
  return text.replace(/[\s\p{Z}\p{Cc}]+/gu, " ").trim();
}
