import { DocumentError } from "./error-codes.ts";
import { JsonDouble, type JsonObject, type JsonValue, setKey } from "./json.ts";

/** Maximum nesting: `{"a":[]}` has two levels. PROTOCOL section 4. */
const documentDepth = 64;
/** Maximum characters of an integer, including its sign. PROTOCOL section 4. */
const maxIntegerLength = 1000;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 strictly; throws DocumentError `INVALID_UNICODE`. A byte order mark stays in the text. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DocumentError("INVALID_UNICODE", "The document is not valid UTF-8.");
  }
}

/**
 * Parses one JSON text without losing the text of its numbers.
 *
 * Throws DocumentError: `MALFORMED_JSON`, `INVALID_UNICODE` (lone surrogates), `INVALID_NUMBER` (a double that is not
 * finite, an integer of more than 1,000 characters), `TOO_DEEP` (more than 64 levels). These are checks of the text:
 * they also apply to members that a later equal key shadows. The first fault in the text is reported.
 *
 * Nearly every document has no awkward numbers: it is scanned once and then passed to `JSON.parse`. Only the others use
 * the parser in this file.
 */
export function parseJson(input: string | Uint8Array, maxDepth = documentDepth): JsonValue {
  const text = typeof input === "string" ? input : decodeUtf8(input);
  if (typeof input === "string" && !input.isWellFormed()) {
    throw new DocumentError("INVALID_UNICODE", "The document contains a lone surrogate.");
  }
  if (isPlain(text, maxDepth)) {
    try {
      return JSON.parse(text) as JsonValue;
    } catch {
      // The parser below reports the position.
    }
  }
  return new Parser(text, maxDepth).document();
}

const surrogateEscape = /\\u[dD][89a-fA-F]/;

/**
 * Whether `JSON.parse` reads this text without loss and no check of the text can fail: integers of at most 15 digits,
 * no fraction, no exponent, at most `maxDepth` levels, no escaped surrogate. It may reject a harmless text, and
 * does not check that the text is JSON at all.
 */
function isPlain(text: string, maxDepth: number): boolean {
  if (text.includes("\\u") && surrogateEscape.test(text)) return false;
  const length = text.length;
  let depth = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at + 1);
      if (at < 0) return false;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return false;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    } else if (code >= 0x30 && code <= 0x39) {
      const start = at;
      let next = text.charCodeAt(++at);
      while (next >= 0x30 && next <= 0x39) next = text.charCodeAt(++at);
      if (at - start > 15 || next === 0x2e || next === 0x65 || next === 0x45) return false;
      continue;
    }
    at++;
  }
  return true;
}

/** The index of the quote that ends the string whose content starts at `from`; -1 if there is none. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end > from && text.charCodeAt(end - 1) === 0x5c) {
    let slashes = 1;
    while (end - slashes > from && text.charCodeAt(end - slashes - 1) === 0x5c) slashes++;
    if (slashes % 2 === 0) break;
    end = text.indexOf('"', end + 1);
  }
  return end;
}

const numberAt = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const controlCharacter = /[\u0000-\u001f]/;

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): JsonValue {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#malformed();
    return value;
  }

  #malformed(): DocumentError {
    const where =
      this.#at < this.#text.length
        ? `Not JSON at character ${this.#at + 1}.`
        : `Not JSON: the text ends too early, after ${this.#text.length} characters.`;
    return new DocumentError("MALFORMED_JSON", where);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #value(): JsonValue {
    this.#space();
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object();
      case 0x5b:
        return this.#array();
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #word(word: string, value: boolean | null): boolean | null {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed();
    this.#at += word.length;
    return value;
  }

  #number(): JsonValue {
    numberAt.lastIndex = this.#at;
    const match = numberAt.exec(this.#text);
    if (match === null) throw this.#malformed();
    const [text, fraction, exponent] = match;
    this.#at += text.length;
    if (fraction !== undefined || exponent !== undefined) {
      const value = Number(text);
      if (!Number.isFinite(value)) {
        throw new DocumentError("INVALID_NUMBER", "A number is too large for a double.");
      }
      return new JsonDouble(value);
    }
    if (text.length > maxIntegerLength) {
      throw new DocumentError(
        "INVALID_NUMBER",
        `An integer has ${text.length} characters; ${maxIntegerLength} are the most.`,
      );
    }
    const value = Number(text);
    if (!Number.isSafeInteger(value)) return BigInt(text);
    // Integers have no negative zero.
    return value === 0 ? 0 : value;
  }

  #string(): string {
    const end = endOfString(this.#text, this.#at + 1);
    if (end < 0) {
      this.#at = this.#text.length;
      throw this.#malformed();
    }
    const content = this.#text.slice(this.#at + 1, end);
    if (content.includes("\\")) {
      let value: string;
      try {
        value = JSON.parse(this.#text.slice(this.#at, end + 1)) as string;
      } catch {
        throw this.#malformed();
      }
      if (!value.isWellFormed()) {
        throw new DocumentError("INVALID_UNICODE", "A string contains a lone surrogate.");
      }
      this.#at = end + 1;
      return value;
    }
    if (controlCharacter.test(content)) throw this.#malformed();
    this.#at = end + 1;
    return content;
  }

  #open(): void {
    if (++this.#depth > this.#maxDepth) {
      throw new DocumentError("TOO_DEEP", `The document is more than ${this.#maxDepth} levels deep.`);
    }
    this.#at++;
    this.#space();
  }

  /** After an element: true if another follows, false if the container ends with `close`. */
  #more(close: number): boolean {
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    if (code !== 0x2c && code !== close) throw this.#malformed();
    this.#at++;
    if (code === close) this.#depth--;
    return code !== close;
  }

  #isEmpty(close: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== close) return false;
    this.#at++;
    this.#depth--;
    return true;
  }

  #array(): JsonValue[] {
    const items: JsonValue[] = [];
    this.#open();
    if (this.#isEmpty(0x5d)) return items;
    do items.push(this.#value());
    while (this.#more(0x5d));
    return items;
  }

  #object(): JsonObject {
    const object: JsonObject = {};
    this.#open();
    if (this.#isEmpty(0x7d)) return object;
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x22) throw this.#malformed();
      const key = this.#string();
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x3a) throw this.#malformed();
      this.#at++;
      setKey(object, key, this.#value());
    } while (this.#more(0x7d));
    return object;
  }
}
