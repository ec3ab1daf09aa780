import { expect, test } from "vitest";
import {
  readReferenceLists,
  selectPapers,
  writeReferenceLists,
} from "../../scripts/sample/hep-th-selection.ts";

// r cites a and b, c and d cite r; a is cited by most, d by nobody; e is two steps away.
const network = "r\ta\nr\tb\nc\tr\nd\tr\nd\ta\na\te\nb\tc\nx\ty\n";

test("breadth first over both directions, most cited first, equal ones by id", () => {
  expect([...selectPapers(network, "r", 10).keys()]).toEqual(["r", "a", "b", "c", "d", "e"]);
});

test("stops at the count, and keeps references to papers outside", () => {
  expect(selectPapers(network, "r", 2)).toEqual(
    new Map([
      ["r", ["a", "b"]],
      ["a", ["e"]],
    ]),
  );
});

test("a paper that cites itself is selected once and keeps the citation", () => {
  expect(selectPapers("r\tr\nr\ta\n", "r", 5)).toEqual(
    new Map([
      ["r", ["r", "a"]],
      ["a", []],
    ]),
  );
});

test("the reduced source reads back as it was, papers without references included", () => {
  const lists = selectPapers(network, "r", 10);
  expect(lists.get("e")).toEqual([]);
  expect(readReferenceLists(writeReferenceLists(lists))).toEqual(lists);
});
