/** Whether PostgreSQL can hold this text: it knows no U+0000, so nothing stored contains one. */
export function storable(text: string): boolean {
  return !text.includes("\u0000");
}

/** The pattern for LIKE that fits every text which contains this one. */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** A text to be looked for in stored ones, in their form: characters composed (NFC), white space folded. */
export function comparableText(text: string): string {
  return text.normalize("NFC").replace(/[\s\p{Z}\p{Cc}]+/gu, " ");
}
