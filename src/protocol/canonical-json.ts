import { DocumentError } from "./error-codes.ts";
import { JsonDouble, type JsonObject, type JsonValue } from "./json.ts";

/** Far above the limit of documents; it only keeps a value built in code from overflowing the stack. */
const maxDepth = 512;

/**
 * The canonical text of a value: PROTOCOL section 1, Python's
 * `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`. Not RFC 8785.
 *
 * Throws DocumentError `TOO_DEEP` beyond 512 levels, `INVALID_NUMBER` for a number that is no safe integer
 * (doubles are JsonDouble, larger integers bigint).
 */
export function canonicalJson(value: JsonValue, texts?: CanonicalTexts): string {
  return flatten(write(value, 0, texts));
}

/** Like `canonicalJson`; null if the value has more than this many levels (`{"a":[]}` has two). */
export function canonicalJsonWithin(levels: number, value: JsonValue, texts?: CanonicalTexts): string | null {
  try {
    return flatten(write(value, maxDepth - levels, texts));
  } catch (error) {
    if (error instanceof DocumentError && error.code === "TOO_DEEP") return null;
    throw error;
  }
}

/**
 * V8 concatenates strings as a tree, and flattens it when a character is read. Flattening now does the work once;
 * otherwise it is repeated for every text that contains this one.
 */
function flatten(text: string): string {
  text.charCodeAt(0);
  return text;
}

/**
 * Arrays inside a value whose own canonical texts the caller needs too: set each to "" before, read it after. Avoids
 * writing a part twice if it has a hash of its own.
 */
export type CanonicalTexts = Map<JsonValue[], string>;

function write(value: JsonValue, depth: number, texts: CanonicalTexts | undefined): string {
  if (typeof value === "string") return canonicalString(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      throw new DocumentError("INVALID_NUMBER", `${value} is no integer that a number can hold exactly.`);
    }
    // String(-0) is "0", the canonical text of an integer's negative zero.
    return String(value);
  }
  if (value === null) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof JsonDouble) return canonicalDouble(value.value);
  if (depth >= maxDepth) {
    throw new DocumentError("TOO_DEEP", `A value is more than ${maxDepth} levels deep.`);
  }
  if (!Array.isArray(value)) return writeObject(value, depth + 1, texts);
  const text = writeArray(value, depth + 1, texts);
  if (texts?.has(value)) texts.set(value, flatten(text));
  return text;
}

function writeArray(items: JsonValue[], depth: number, texts: CanonicalTexts | undefined): string {
  if (items.length === 0) return "[]";
  let text = "[";
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ",";
    text += write(items[index] as JsonValue, depth, texts);
  }
  return `${text}]`;
}

function writeObject(object: JsonObject, depth: number, texts: CanonicalTexts | undefined): string {
  const keys = Object.keys(object);
  if (keys.length === 0) return "{}";
  sortKeys(keys);
  let text = "{";
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (index > 0) text += ",";
    text += memberName(key);
    text += write(object[key] as JsonValue, depth, texts);
  }
  return `${text}}`;
}

const surrogate = /[\ud800-\udfff]/;

/** Sorts by Unicode code point, in place. UTF-16 order differs only if a key has a surrogate. */
function sortKeys(keys: string[]): void {
  let sorted = true;
  let plain = true;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (index > 0 && (keys[index - 1] as string) >= key) sorted = false;
    if (plain && !memberNames.has(key) && surrogate.test(key)) plain = false;
  }
  if (!plain) keys.sort(compareCodePoints);
  else if (!sorted) keys.sort();
}

/** Compares by Unicode code point: negative if `a` comes first. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x === y) continue;
    // A surrogate is part of a code point above every other unit.
    const xHigh = (x & 0xf800) === 0xd800;
    const yHigh = (y & 0xf800) === 0xd800;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

// Documents share a few dozen member names. Bounded, since a hostile document has its own; names with a surrogate are
// not cached, so a hit also means that UTF-16 order is right.
const memberNames = new Map<string, string>();
const maxMemberNames = 1024;

function memberName(key: string): string {
  const known = memberNames.get(key);
  if (known !== undefined) return known;
  const name = `${canonicalString(key)}:`;
  if (memberNames.size < maxMemberNames && key.length <= 64 && !surrogate.test(key))
    memberNames.set(key, name);
  return name;
}

const needsEscape = /["\\\u0000-\u001f]/;

/** JSON.stringify escapes exactly as section 1 does: quotes, backslashes and control characters, in lower case. */
export function canonicalString(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Python's `repr` of a float: shortest digits, always a point or an exponent. */
function canonicalDouble(value: number): string {
  if (!Number.isFinite(value)) {
    throw new DocumentError("INVALID_NUMBER", "A double that is not finite has no canonical text.");
  }
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const size = Math.abs(exponent);
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${size < 10 ? "0" : ""}${size}`;
  }
  // Between 1e-4 and 1e16 both languages use positional notation with the same digits, but JavaScript omits ".0".
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}
