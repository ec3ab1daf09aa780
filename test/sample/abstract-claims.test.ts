import { expect, test } from "vitest";
import { claimsOfAbstract, sentencesOf } from "../../src/sample/abstract-claims.ts";

test.each([
  ["  One\nline. Another\n one.\n", ["One line.", "Another one."]],
  ["A local significance of 2.8 sigma. Next.", ["A local significance of 2.8 sigma.", "Next."]],
  ["See e.g. Fig. 3 and J. Doe et al. [1]. Next.", ["See e.g. Fig. 3 and J. Doe et al. [1].", "Next."]],
  ["It is so (not always.) We go on.", ["It is so (not always.)", "We go on."]],
  ["Let $x. Y$ be. $Z$ follows.", ["Let $x. Y$ be.", "$Z$ follows."]],
  ["Define $$ P(z) = z. $$ We go on.", ["Define $$ P(z) = z. $$", "We go on."]],
  ["No end", ["No end"]],
  ["", []],
])("divides %j into the sentences %j", (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});

test("gives a claim its kind by its words if only one sentence has them", () => {
  const kinds = (text: string) => claimsOfAbstract(text).map(({ kind }) => kind);
  expect(kinds("In this paper, we look. It is hard. We prove that it is so.")).toEqual([
    "one_line_summary",
    "abstract_sentence",
    "strongest_claim",
  ]);
  expect(kinds("We prove that it is so. We also show that it is not.")).toEqual([
    "abstract_sentence",
    "abstract_sentence",
  ]);
});

test("omits sentences after the eighth, and those of fewer than three words", () => {
  expect(claimsOfAbstract(`1998. To appear. ${"It is so. ".repeat(12)}`).length).toBe(8);
});
