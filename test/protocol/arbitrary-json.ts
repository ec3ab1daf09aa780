import fc from "fast-check";
import { JsonDouble, type JsonObject, type JsonValue } from "../../src/protocol/index.ts";

/** Names that implementations get wrong: inherited members, indexes, and both sides of the surrogates. */
const awkwardNames = [
  "__proto__",
  "constructor",
  "toString",
  "0",
  "10",
  "9",
  "",
  "\uffff",
  "\u{10000}",
  "é",
  'a"b',
];

export const arbitraryText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.constantFrom(...awkwardNames, "\u0000\u001f\u007f\u2028\ufeff", '\\\\"', "\\u0041"),
);

const arbitraryName = fc.oneof(fc.constantFrom(...awkwardNames), arbitraryText);

/** Safe integers are numbers, all others bigints. */
const arbitraryInteger = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((value) => {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number + 0 : value;
  }),
);

const arbitraryDouble = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  // Powers of ten and their neighbours, where repr changes between forms.
  fc
    .tuple(fc.integer({ min: -324, max: 308 }), fc.integer({ min: -99, max: 99 }))
    .map(([exponent, digits]) => {
      const value = Number(`${digits}e${exponent}`);
      return Number.isFinite(value) ? value : 0;
    }),
  fc.maxSafeInteger(),
);

export const arbitraryJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(null, true, false),
    arbitraryText,
    arbitraryInteger,
    arbitraryDouble.map((value) => new JsonDouble(value)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(arbitraryName, tie("value")), { maxLength: 5 }).map(
      // Object.fromEntries creates own members even for names such as __proto__.
      (entries): JsonObject => Object.fromEntries(entries),
    ),
  ),
})).value;

/**
 * A JSON text of a value that is not canonical: members in reverse order, white space, and unnecessary
 * escapes.
 */
export function looseText(value: JsonValue): string {
  if (typeof value === "string") {
    return `"${[...value].map((character) => (/[a-z0-9]/.test(character) ? character : escapedUnits(character))).join("")}"`;
  }
  if (value instanceof JsonDouble) {
    const text = Object.is(value.value, -0) ? "-0" : String(value.value);
    return /[.e]/.test(text) ? text.toUpperCase() : `${text}.000`;
  }
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (Array.isArray(value)) return `[ ${value.map(looseText).join("\n,\t")}\r]`;
  if (value === null || typeof value === "boolean") return String(value);
  const members = Object.entries(value).toReversed();
  return `{ ${members.map(([name, member]) => `${looseText(name)} : ${looseText(member)}`).join(" , ")} }`;
}

function escapedUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).toUpperCase().padStart(4, "0")}`,
  ).join("");
}
