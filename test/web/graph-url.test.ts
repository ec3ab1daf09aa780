import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  colourings,
  defaultGraphParams,
  depthChoices,
  directions,
  formatGraphParams,
  type GraphParams,
  layouts,
  maxWorksChoices,
  parseGraphParams,
} from "../../web/src/graph/graph-url.ts";

/** Typical refs, and refs with characters that URLs escape. */
const ref = fc.oneof(
  fc.constantFrom(
    "hep-th/9711200",
    "2302.12192",
    "10.1000/a,b%2Cc",
    "10.1002/(SICI)1097(19980815)17:15<1661::AID>3.0",
  ),
  fc
    .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
    .map((text) => text.trim())
    .filter((text) => text !== ""),
);
const refs = fc.uniqueArray(ref, { maxLength: 4 });
const tenth = fc.integer({ min: -99_999, max: 99_999 }).map((value) => (value === 0 ? 0 : value / 10));

const params: fc.Arbitrary<GraphParams> = fc.record({
  roots: refs,
  direction: fc.constantFrom(...directions),
  depth: fc.constantFrom(...depthChoices),
  maxWorks: fc.constantFrom(...maxWorksChoices),
  layout: fc.constantFrom(...layouts),
  colourBy: fc.constantFrom(...colourings),
  isTable: fc.boolean(),
  expanded: refs,
  path: fc.oneof(
    fc.constant(null),
    fc.uniqueArray(ref, { minLength: 2, maxLength: 2 }).map(([from = "", to = ""]) => [from, to] as const),
  ),
  selected: refs,
  pins: fc.array(fc.record({ ref, x: tenth, y: tenth }), { maxLength: 3 }),
});

describe("the URL of a graph", () => {
  it("round-trips the complete state", () => {
    fc.assert(
      fc.property(params, (given) => {
        const url = new URL(`http://localhost/graph?${formatGraphParams(given)}`);
        expect(parseGraphParams(url.searchParams)).toEqual(given);
      }),
    );
  });

  it("leaves out defaults", () => {
    expect(String(formatGraphParams({ ...defaultGraphParams, roots: ["hep-th/9711200"] }))).toBe(
      "of=hep-th%2F9711200",
    );
    expect(String(formatGraphParams(defaultGraphParams))).toBe("");
  });

  it.each([
    "depth=99&most=1e9&layout=heap&colour=red&direction=up&as=poem",
    "depth=&most=-5",
    "path=onlyone&pin=1,2&pin=,,x&pin=NaN,1,a&pin=1e3,1,a",
    "of=,,&of=%20",
  ])("reads %s as the defaults", (text) => {
    expect(parseGraphParams(new URLSearchParams(text))).toEqual(defaultGraphParams);
  });

  it("limits roots and expanded works to 100 together", () => {
    const many = (name: string) => Array.from({ length: 80 }, (_, index) => `${name}${index}`);
    const { roots, expanded } = parseGraphParams(
      formatGraphParams({ ...defaultGraphParams, roots: many("a"), expanded: many("b") }),
    );
    expect(roots.length + expanded.length).toBe(100);
  });
});
