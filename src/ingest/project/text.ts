import { isJsonInteger, type JsonObject, type JsonValue } from "../../protocol/index.ts";
import { readableText } from "../../text/index.ts";

/** PostgreSQL's text cannot hold U+0000, JSON strings can. The log keeps the original. */
export function storable(text: string): string {
  return text.includes("\u0000") ? text.replaceAll("\u0000", "\ufffd") : text;
}

/** The most UTF-16 units of an indexed text: at three bytes each well below the 2,704 that a row of an index may have. */
const longestIndexed = 500;

/**
 * A text as an index can hold it: longer ones are cut off, since PostgreSQL would refuse their row. The log keeps the
 * original.
 */
export function indexable(text: string): string {
  const stored = storable(text);
  // The cut may fall inside a surrogate pair.
  return stored.length > longestIndexed ? stored.slice(0, longestIndexed).toWellFormed() : stored;
}

/** A member that is a text with something in it; null otherwise. */
export function textMember(object: JsonObject, member: string): string | null {
  const value = object[member];
  return typeof value === "string" && value !== "" ? storable(value) : null;
}

/** Of a text without any of these, in single spaces, nothing is to be read: most are such. */
const needsReading = /[^ -~]|[\\{}$~`]|--| {2}|^ | $/;

/** A text as it is shown, searched and exported: on one line, TeX as Unicode text; null where nothing is left of it. */
export function shownText(text: string): string | null {
  const shown = needsReading.test(text) ? readableText(storable(text)) : text;
  return shown === "" ? null : shown;
}

/** A member that is a text with something in it, as it is shown; null otherwise. */
export function shownMember(object: JsonObject, member: string): string | null {
  const value = object[member];
  return typeof value === "string" ? shownText(value) : null;
}

/** A member that is a list: its texts. */
export function textsMember(object: JsonObject, member: string): string[] {
  const value = object[member];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string").map(storable) : [];
}

/** GraphQL's Int: what every client can read. */
const largestCount = 2 ** 31 - 1;

/** A count from 0 to 2^31 − 1; null where it is anything else. */
export function count(value: JsonValue | undefined): number | null {
  return isJsonInteger(value) && value >= 0 && value <= largestCount ? Number(value) : null;
}
