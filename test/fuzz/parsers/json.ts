import { canonicalJson, DocumentError, type JsonValue, parseJson } from "../../../src/protocol/index.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

/** JSON of the protocol: what JSON.parse reads, except lossy texts; canonical text is the same when read again. */
export const json: Target = {
  name: "json",
  seeds: () => [
    '{"a":[1,-0,1e16,0.1,12345678901234567890],"\\u00e9":"\\ud83d\\ude00","":{}}',
    '{"__proto__":{"x":1},"constructor":null,"__proto__":2}',
    `${"[".repeat(63)}1${"]".repeat(63)}`,
    '"\\ud800"',
    "1e999",
    " \t\r\n[ true , false,null ]",
  ],
  check(input) {
    let value: JsonValue;
    try {
      value = parseJson(input);
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      const readable = wellFormedJson(input);
      failUnless(
        `${error.code} for what JSON.parse reads`,
        readable === null || error.code !== "MALFORMED_JSON",
      );
      return;
    }
    failUnless("JSON.parse does not read it", wellFormedJson(input) !== null);
    const text = canonicalJson(value);
    assertSame("canonical text that is read again", canonicalJson(parseJson(text)), text);
    failUnless("a prototype was changed", Object.keys(Object.prototype).length === 0);
    failUnless("the value's prototype is another", isPlain(value));
  },
};

/** The value of JSON.parse in an object; null if the input is not JSON, or not UTF-8. */
function wellFormedJson(input: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input)) };
  } catch {
    return null;
  }
}

function isPlain(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype?.constructor?.name === "JsonDouble";
}
