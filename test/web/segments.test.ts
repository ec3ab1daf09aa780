import fc from "fast-check";
import { expect, test } from "vitest";
import { type Segment, splitSegments, truncate } from "../../web/src/text/document-text.tsx";

const shown = (segments: readonly Segment[]) =>
  segments.map((segment) => {
    if (segment.kind === "text") return segment.text;
    return segment.kind === "math" ? `⟨${segment.latex}⟩` : `[${segment.name}]`;
  });

test.each([
  ["plain text", ["plain text"]],
  ["WSe$_2$ layers", ["WSe", "⟨_2⟩", " layers"]],
  ["\\(a\\) and \\[b\\] and $$c$$", ["⟨a⟩", " and ", "⟨b⟩", " and ", "⟨c⟩"]],
  ["it costs $5 or $6 at most", ["it costs $5 or $6 at most"]],
  ["from $ 5 to 6$ dollars", ["from $ 5 to 6$ dollars"]],
  ["an escaped \\$x$ dollar", ["an escaped \\$x$ dollar"]],
  ["one $ alone", ["one $ alone"]],
  ["turned \u202Eback\u202C", ["turned ", "[U+202E]", "back", "[U+202C]"]],
  ["$a\u202Eb$", ["$a", "[U+202E]", "b$"]],
  [`$${"x".repeat(501)}$`, [`$${"x".repeat(501)}$`]],
  ["<b>bold</b> &amp;", ["<b>bold</b> &amp;"]],
  ["", []],
])("splitSegments splits %j", (text, expected) => {
  expect(shown(splitSegments(text))).toEqual(expected);
});

test("splitSegments keeps every character in its order", () => {
  const pieces = fc.constantFrom("$", "\\(", "\\)", "x", " ", "\u202E", "5", "\\", "𝔸", "\u0007", "$$", "\n");
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const text = parts.join("");
      const back = splitSegments(text).map((segment) => {
        if (segment.kind === "text") return segment.text;
        return segment.kind === "math"
          ? segment.source
          : String.fromCodePoint(Number.parseInt(segment.name.slice(2), 16));
      });
      expect(back.join("")).toBe(text);
    }),
  );
});

test("splitSegments limits formulas in a long text, and truncate never cuts within a character", () => {
  expect(splitSegments("$a".repeat(100_000)).length).toBeLessThan(100);
  expect(truncate("ab𝔸cd", 3)).toEqual({ text: "ab", isTruncated: true });
  expect(truncate("abc", 3)).toEqual({ text: "abc", isTruncated: false });
});
