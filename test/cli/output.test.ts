import { expect, test } from "vitest";
import { cutTo, padded, wrapped } from "../../src/cli/output/layout.ts";
import { jsonLine, sanitize } from "../../src/cli/output/sanitize.ts";
import { isColoured, terminalPieces, terminalText } from "../../src/cli/output/terminal.ts";
import { layOutTree } from "../../src/cli/read/graph.ts";

test.each([
  ["red", "\u001b[31mred\u001b[0m"],
  ["after", "\u001b]0;title\u0007after"],
  ["link", "\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\"],
  ["cleared", "\u009b2Jcleared"],
  ["sixel", "\u001bPq~\u001b\\sixel"],
  ["reset", "\u001bcreset"],
  ["over written lines tabs more", "over\rwritten\nlines\ttabs\u2028more"],
  ["bellback", "bell\u0007\u0000back\b"],
  ["\u200bxyz", "\u200bx\u2060y\ufeffz\u{e0041}"],
  ["", "\u001b["],
])("shows only %j of a text with escape sequences or control characters", (shown, hostile) => {
  expect(sanitize(hostile)).toBe(shown);
});

test("isolates a text with right-to-left or direction characters, and closes its embeddings", () => {
  expect(sanitize("plain é 漢字")).toBe("plain é 漢字");
  expect(sanitize("עברית")).toBe("\u2068עברית\u2069");
  expect(sanitize("a\u202eb")).toBe("\u2068a\u202eb\u202c\u2069");
  expect(sanitize("a\u2069\u202cb\u200f")).toBe("\u2068ab\u200f\u2069");
  expect(sanitize("\u2067x\u202ay\u2069")).toBe("\u2068\u2067x\u202ay\u202c\u2069\u2069");
  expect(sanitize("\u202eabcdef", 4)).toBe("\u2068\u202eabc…\u202c\u2069");
});

test("escapes control and invisible characters in JSON without changing its value", () => {
  const value = { title: "\u001b[31m\u009b2J\u202e\u2028\ufeff\u{e0041}é漢\u007f" };
  const text = jsonLine(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toBe('{"title":"\\u001b[31m\\u009b2J\\u202e\\u2028\\ufeff\\udb40\\udc41é漢\\u007f"}');
});

/** FORCE_COLOR decides, then NO_COLOR, then the terminal. */
test.each<[environment: Record<string, string>, isTTY: boolean, isColoured: boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  [{ TERM: "dumb" }, true, false],
])("with %j and a terminal %j, output is coloured: %j", (environment, isTTY, expected) => {
  expect(isColoured({ isTTY }, environment)).toBe(expected);
});

test("cuts, pads and wraps by terminal columns without splitting a grapheme", () => {
  expect(["abc", "漢字", "e\u0301"].map((text) => padded(text, 4))).toEqual(["abc ", "漢字", "e\u0301   "]);
  expect(cutTo("漢字漢字", 5)).toBe("漢字…");
  const family = "👨\u200d👩\u200d👧";
  expect(cutTo(family + family + family, 4)).toBe(`${family}…`);
  expect(cutTo("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
});

test("escapes control characters of a text of many lines, in pieces of any size", async () => {
  const text = "one\r\ntwo\u009b2J é漢\u202e\rx\n\tthree";
  const shown = "one\ntwo\\u{9b}2J é漢\\u{202e}\\u{d}x\n\tthree";
  expect(terminalText(text)).toBe(shown);
  const bytes = Buffer.from(text);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const pieces = async function* () {
      for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
    };
    let printed = "";
    for await (const piece of terminalPieces(pieces())) printed += piece;
    expect(printed).toBe(shown);
  }
});

const draw = (edges: Record<string, string[]>, depthOf: Record<string, number>, options = {}) =>
  layOutTree(
    { roots: ["a"], depthOf: new Map(Object.entries(depthOf)), next: new Map(Object.entries(edges)) },
    { depth: 3, children: 10, lines: 100, ...options },
  );
const shown = ({ lines }: ReturnType<typeof draw>) =>
  lines.map((line) =>
    line.kind === "more" ? `${line.prefix}+${line.count}` : `${line.prefix}${line.id} ${line.mark}`,
  );

test("a tree expands each vertex once, and marks repeated ones and cycles", () => {
  const edges = { a: ["b", "c"], b: ["c", "a"], c: ["d"], d: ["b"] };
  expect(shown(draw(edges, { a: 0, b: 1, c: 1, d: 2 }))).toEqual([
    "a first",
    "├─ b first",
    "│  ├─ c repeated",
    "│  └─ a cycle",
    "└─ c first",
    "   └─ d first",
    "      └─ b repeated",
  ]);
});

test("a tree is limited by depth, children and lines, and counts what it leaves out", () => {
  const edges = { a: ["b", "c", "d"], b: ["d"], d: ["a"] };
  const depths = { a: 0, b: 1, c: 1, d: 1 };
  expect(shown(draw(edges, depths, { depth: 1 }))).toEqual([
    "a first",
    "├─ b first",
    "├─ c first",
    "└─ d first",
  ]);
  expect(shown(draw(edges, depths, { children: 1 }))).toEqual([
    "a first",
    "├─ b first",
    "│  └─ d unfollowed",
    "└─ +2",
  ]);
  const cut = draw(edges, depths, { lines: 2 });
  expect([cut.lines.length, cut.isCut]).toEqual([2, true]);
  expect(draw(edges, depths).isCut).toBe(false);
  const both = { a: ["b"], b: ["a"] };
  expect(shown(draw(both, { a: 0, b: 1 }, { isUndirected: true }))).toEqual(["a first", "└─ b first"]);
});
