import { canonicalJson, DocumentError, type JsonValue, parseJson } from "../../../src/protocol/index.ts";
import { demand, demandSame, type Target } from "./target.ts";

/** JSON of the protocol: of the same texts as JSON.parse reads, less those that lose something; canonical text is its own. */
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
      demand(`${error.code} for what JSON.parse reads`, readable === null || error.code !== "MALFORMED_JSON");
      return;
    }
    demand("JSON.parse does not read it", wellFormedJson(input) !== null);
    const text = canonicalJson(value);
    demandSame("canonical text that is read again", canonicalJson(parseJson(text)), text);
    demand("a prototype was changed", Object.keys(Object.prototype).length === 0);
    demand("the value's prototype is another", isPlain(value));
  },
};

/** What JSON.parse says, in an object of one member; null where it is no JSON, or no UTF-8. */
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
