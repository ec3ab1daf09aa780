import { expect, it } from "vitest";
import { passageOf } from "../../src/api/search/passage.ts";

const text = (...parts: readonly string[]) => parts.join("");
const filler = (characters: number) => "blank ".repeat(characters / 6);
const shown = (value: string, ...terms: readonly string[][]) =>
  passageOf(value, terms)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join("");

it("gives a short text whole, with its matches set apart", () => {
  expect(shown("The black hole and the Black string", ["black"], ["hole"])).toBe(
    "The [black] [hole] and the [Black] string",
  );
});

it("gives the beginning of a long text that has none of the terms", () => {
  const passage = shown(filler(1_200), ["absent"]);
  expect(passage.startsWith("blank blank")).toBe(true);
  expect(passage.endsWith("…")).toBe(true);
});

it("prefers the place with most different terms to the one with most matches", () => {
  const value = text("dual dual dual dual ", filler(1_200), "gauge theory ", filler(1_200));
  const passage = shown(value, ["dual"], ["gauge"], ["theory"]);
  expect(passage).toContain("[gauge] [theory]");
  expect(passage).not.toContain("[dual]");
});

it("takes the first of several places with as many different terms", () => {
  const value = text(filler(600), "first gauge theory ", filler(1_200), "second gauge theory");
  const passage = shown(value, ["gauge"], ["theory"]);
  expect(passage).toContain("first [gauge] [theory]");
  expect(passage).not.toContain("second");
});

it("finds the place in a text of many thousand matches", () => {
  const value = text("gauge ".repeat(100_000), filler(600), "gauge theory");
  expect(shown(value, ["gauge"], ["theory"])).toContain("[gauge] [theory]");
});
