import { expect, it } from "vitest";
import { passageOf } from "../../src/api/text-search.ts";

const text = (...parts: readonly string[]) => parts.join("");
const filler = (characters: number) => "blank ".repeat(characters / 6);
const shown = (value: string, ...terms: readonly string[][]) =>
  passageOf(value, terms)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join("");

it("passageOf returns a short text in full, with its matches as separate parts", () => {
  expect(shown("The black hole and the Black string", ["black"], ["hole"])).toBe(
    "The [black] [hole] and the [Black] string",
  );
});

it("passageOf returns the beginning of a long text without matches", () => {
  const passage = shown(filler(1_200), ["absent"]);
  expect(passage.startsWith("blank blank")).toBe(true);
  expect(passage.endsWith("…")).toBe(true);
});

it("passageOf prefers the passage with the most distinct terms to the one with the most matches", () => {
  const value = text("dual dual dual dual ", filler(1_200), "gauge theory ", filler(1_200));
  const passage = shown(value, ["dual"], ["gauge"], ["theory"]);
  expect(passage).toContain("[gauge] [theory]");
  expect(passage).not.toContain("[dual]");
});

it("passageOf returns the first of several passages with equally many distinct terms", () => {
  const value = text(filler(600), "first gauge theory ", filler(1_200), "second gauge theory");
  const passage = shown(value, ["gauge"], ["theory"]);
  expect(passage).toContain("first [gauge] [theory]");
  expect(passage).not.toContain("second");
});

it("passageOf finds the passage in a text with 100,000 matches", () => {
  const value = text("gauge ".repeat(100_000), filler(600), "gauge theory");
  expect(shown(value, ["gauge"], ["theory"])).toContain("[gauge] [theory]");
});
