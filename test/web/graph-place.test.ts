import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  colourings,
  depths,
  directions,
  type GraphPlace,
  layouts,
  plainPlace,
  readGraphPlace,
  sizes,
  writeGraphPlace,
} from "../../web/src/graph/graph-url.ts";

/** Refs as they occur, and with what an address writes in another way. */
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

const place: fc.Arbitrary<GraphPlace> = fc.record({
  of: refs,
  direction: fc.constantFrom(...directions),
  depth: fc.constantFrom(...depths),
  most: fc.constantFrom(...sizes),
  layout: fc.constantFrom(...layouts),
  colouring: fc.constantFrom(...colourings),
  isTable: fc.boolean(),
  expanded: refs,
  path: fc.oneof(
    fc.constant(null),
    fc.uniqueArray(ref, { minLength: 2, maxLength: 2 }).map(([from = "", to = ""]) => [from, to] as const),
  ),
  selected: refs,
  pins: fc.array(fc.record({ ref, x: tenth, y: tenth }), { maxLength: 3 }),
});

describe("the address of a graph", () => {
  it("says all of it: what is written is read again", () => {
    fc.assert(
      fc.property(place, (given) => {
        const address = new URL(`http://localhost/graph?${writeGraphPlace(given)}`);
        expect(readGraphPlace(address.searchParams)).toEqual(given);
      }),
    );
  });

  it("is short where all is as usual", () => {
    expect(String(writeGraphPlace({ ...plainPlace, of: ["hep-th/9711200"] }))).toBe("of=hep-th%2F9711200");
    expect(String(writeGraphPlace(plainPlace))).toBe("");
  });

  it.each([
    "depth=99&most=1e9&layout=heap&colour=red&direction=up&as=poem",
    "depth=&most=-5",
    "path=onlyone&pin=1,2&pin=,,x&pin=NaN,1,a&pin=1e3,1,a",
    "of=,,&of=%20",
  ])("reads %s as usual", (text) => {
    expect(readGraphPlace(new URLSearchParams(text))).toEqual(plainPlace);
  });

  it("asks about no more works than one question may", () => {
    const many = (name: string) => Array.from({ length: 80 }, (_, index) => `${name}${index}`);
    const { of, expanded } = readGraphPlace(
      writeGraphPlace({ ...plainPlace, of: many("a"), expanded: many("b") }),
    );
    expect(of.length + expanded.length).toBe(100);
  });
});
