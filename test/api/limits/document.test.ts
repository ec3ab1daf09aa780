import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import {
  defaultQueryLimits,
  documentErrors,
  maxNesting,
  measureOperations,
  parseWithin,
} from "../../../src/api/execution/query-limits.ts";

function measure(source: string) {
  return measureOperations(parse(source)).map(({ measures }) => measures)[0];
}

function messages(source: string): string[] {
  return documentErrors(parse(source), defaultQueryLimits).map(({ message }) => message);
}

describe("measureOperations", () => {
  it("measures depth, breadth, aliases and directives with fragments expanded", () => {
    const source = `query ($yes: Boolean! @x) @y {
      a: papers { nodes { ...Named ... on Paper @include(if: $yes) { b: title } } }
      status { papers @skip(if: false) } }
      fragment Named on Paper { c: title ...Deeper @z } fragment Deeper on Paper { work { d: title } }`;
    expect(measure(source)).toEqual({
      depth: 4,
      breadth: 3,
      aliases: 4,
      directives: 5,
      introspections: 0,
      aliasLength: 1,
    });
  });

  it("counts a fragment once in each selection that spreads it", () => {
    const twice = "{ a { ...F ...F } b { ...F } } fragment F on X { x: y @d }";
    expect(measure(twice)).toMatchObject({ breadth: 2, aliases: 2, directives: 2 });
  });

  it("measures 300 levels of fragments that double each other without expanding them", () => {
    const levels = Array.from(
      { length: 300 },
      (_, level) => `fragment f${level} on X { a: x { ...f${level + 1} } b: x { ...f${level + 1} } }`,
    );
    const measures = measure(`{ ...f0 } ${levels.join(" ")} fragment f300 on X { y }`);
    expect(measures?.aliases).toBeGreaterThan(2 ** 299);
    expect(measures?.depth).toBe(301);
  });

  it("terminates for fragments that form a cycle or do not exist", () => {
    expect(measure("{ ...a } fragment a on X { x { ...b } } fragment b on X { y { ...a } }")).toMatchObject({
      depth: 3,
    });
    expect(measure("{ ...a } fragment a on X { ...a }")).toMatchObject({ depth: 0 });
    expect(measure("{ ...nowhere }")).toMatchObject({ depth: 0 });
  });
});

describe("documentErrors", () => {
  it.each([
    ["too many aliases", `{ ${Array.from({ length: 201 }, (_, i) => `a${i}: x`).join(" ")} }`, /201 aliased/],
    [
      "aliases that fragments multiply",
      `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: x { ...F }`).join(" ")} } fragment F on X { ${Array.from({ length: 20 }, (_, i) => `b${i}: y`).join(" ")} }`,
      /231 aliased fields.*maximum is 200/,
    ],
    ["too many directives", `{ x ${"@a ".repeat(101)} }`, /101 directives.*maximum is 100/],
    ["directives on the operation", `query ${"@a ".repeat(101)} { x }`, /101 directives/],
    [
      "too many fields beside each other",
      `{ ${"x ".repeat(501)} }`,
      /501 fields in one selection.*maximum is 500/,
    ],
    ["fields too deep", `${"{ x ".repeat(21)}${"}".repeat(21)}`, /21 nested fields.*maximum is 20/],
    ["a long alias", `{ ${"a".repeat(101)}: x }`, /101 characters in an alias, but the maximum is 100/],
    ["introspection again and again", `{ ${"__schema { x } ".repeat(11)} }`, /11 fields `__schema`/],
  ])("rejects %s with QUERY_TOO_COMPLEX", (_name, source, message) => {
    const errors = documentErrors(parse(source), defaultQueryLimits);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.extensions).toMatchObject({
      code: "QUERY_TOO_COMPLEX",
      maximum: expect.any(Number),
    });
  });

  it("accepts a small query, and one with exactly 200 aliases", () => {
    expect(messages("{ x { y } }")).toEqual([]);
    expect(messages(`{ ${Array.from({ length: 200 }, (_, i) => `a${i}: x`).join(" ")} }`)).toEqual([]);
  });
});

describe("parseWithin", () => {
  const read = (source: string) => () => parseWithin(source, {}, defaultQueryLimits);

  it.each([
    ["lists", `{ x(a: ${"[".repeat(2400)}${"]".repeat(2400)}) }`],
    ["objects", `{ x(a: ${"{a:".repeat(1600)}1${"}".repeat(1600)}) }`],
    ["inline fragments", `{ ${"...{".repeat(2000)} x ${"}".repeat(2000)} }`],
    ["types of a variable", `query ($a: ${"[".repeat(2000)}Int${"]".repeat(2000)}) { x }`],
    ["brackets that are never closed", "[".repeat(1_000_000)],
  ])("rejects %s that nest too deeply for the parser", (_name, source) => {
    expect(read(source)).toThrow(`more than ${maxNesting} nested brackets`);
  });

  it("rejects a text of more than 5000 tokens", () => {
    expect(read(`{ ${"x ".repeat(5_000)} }`)).toThrow("more than 5000 tokens");
  });

  // Quadratic if each of the half million quotes starts a new search for the end of the string.
  /** @threat T32 */
  it.each([
    ["a string", '\\"'.repeat(500_000)],
    ["a block string", `"""${'\\"""'.repeat(250_000)}`],
  ])(
    "rejects a megabyte of unterminated starts of %s with a syntax error, in linear time",
    (_name, source) => {
      expect(read(source)).toThrow("Syntax Error");
    },
  );

  it("does not count brackets in strings, block strings and comments", () => {
    const open = "[{(".repeat(200);
    const source = `{ x(a: "${open}\\"${open}", b: """${open} \\""" " "" ${open}""") # ${open}\n }`;
    expect(read(source)().definitions).toHaveLength(1);
  });
});
