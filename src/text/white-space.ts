/**
 * A text on one line: every run of white space, line ends and control characters becomes one space, and those at both
 * ends are removed. Idempotent.
 */
export function foldWhiteSpace(text: string): string {
  return text.replace(/[\s\p{Z}\p{Cc}]+/gu, " ").trim();
}
