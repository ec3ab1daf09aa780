import { isJsonInteger, type JsonObject, type JsonValue } from "../protocol/index.ts";
import { readableText } from "../text/index.ts";

/** Replaces U+0000, which PostgreSQL's text cannot store and JSON strings can contain. The log keeps the original. */
export function storableText(text: string): string {
  return text.includes("\u0000") ? text.replaceAll("\u0000", "\ufffd") : text;
}

/** Maximum UTF-16 units of an indexed text: at 3 bytes each well below the 2,704 bytes of an index row. */
const maxIndexedLength = 500;

/**
 * A text that an index can store: longer ones are truncated, because PostgreSQL would refuse the row. The log keeps the
 * original.
 */
export function indexable(text: string): string {
  const stored = storableText(text);
  // The cut may split a surrogate pair.
  return stored.length > maxIndexedLength ? stored.slice(0, maxIndexedLength).toWellFormed() : stored;
}

/** The value of a member if it is a non-empty text; null otherwise. */
export function textMember(object: JsonObject, member: string): string | null {
  const value = object[member];
  return typeof value === "string" && value !== "" ? storableText(value) : null;
}

/** A text without any of these, in single spaces, needs no conversion: most are such. */
const needsReading = /[^ -~]|[\\{}$~`]|--| {2}|^ | $/;

/** A text for display, search and export: on one line, TeX converted to Unicode; null if the result is empty. */
function displayText(text: string): string | null {
  const shown = needsReading.test(text) ? readableText(storableText(text)) : text;
  return shown === "" ? null : shown;
}

/** The value of a member that is a non-empty text, for display; null otherwise. */
export function shownMember(object: JsonObject, member: string): string | null {
  const value = object[member];
  return typeof value === "string" ? displayText(value) : null;
}

/** The texts in a member that is a list. */
export function textsMember(object: JsonObject, member: string): string[] {
  const value = object[member];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").map(storableText) : [];
}

/** The maximum of GraphQL's Int, which every client can read. */
const maxCount = 2 ** 31 - 1;

/** A count from 0 to 2^31 − 1; null for anything else. */
export function count(value: JsonValue | undefined): number | null {
  return isJsonInteger(value) && value >= 0 && value <= maxCount ? Number(value) : null;
}
