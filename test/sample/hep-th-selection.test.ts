import { expect, test } from "vitest";
import { connectedPapers } from "../../scripts/sample/hep-th-source.ts";
import { selectPapers } from "../../src/sample/index.ts";

const network = (lists: Record<string, string[]>) =>
  Object.entries(lists).map(([arxivId, references]) => ({ arxivId, references }));

// r cites a and b, c and d cite r; a is cited most, d by no paper; e is two steps away.
const example = network({ r: ["a", "b"], c: ["r"], d: ["r", "a"], a: ["e"], b: ["c"], x: ["y"] });

test("selectPapers goes breadth first in both directions, by citations and then by id", () => {
  expect([...selectPapers(example, "r", 10)]).toEqual(["r", "a", "b", "c", "d", "e"]);
});

test("selectPapers stops at the count", () => {
  expect([...selectPapers(example, "r", 2)]).toEqual(["r", "a"]);
});

test("selectPapers selects a paper that cites itself once", () => {
  expect([...selectPapers(network({ r: ["r", "a"] }), "r", 5)]).toEqual(["r", "a"]);
});

test("the packed source has papers that cite or are cited, by id, and only members that the sample uses", () => {
  const line = (number: string, references?: string[]) =>
    JSON.stringify({
      arxivId: `hep-th/${number}`,
      title: "T",
      authors: ["A"],
      abstract: "B",
      year: 1,
      journalRef: "J",
      categories: ["hep-th"],
      references,
    });
  const source = [line("0001001", ["hep-th/9912001"]), line("9912001"), line("9201001"), ""].join("\n");
  const paper = { title: "T", authors: ["A"], abstract: "B", categories: ["hep-th"] };
  expect(connectedPapers(source)).toEqual([
    { arxivId: "hep-th/9912001", ...paper, references: [] },
    { arxivId: "hep-th/0001001", ...paper, references: ["hep-th/9912001"] },
  ]);
});
