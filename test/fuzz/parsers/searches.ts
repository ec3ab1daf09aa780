import { readQuery } from "../../../src/api/text-search.ts";
import { parseOrNull } from "./cursors.ts";
import { failUnless, type Target } from "./target.ts";

/** Search texts: at most 32 terms, without operators of websearch_to_tsquery. */
export const searches: Target = {
  name: "searches",
  seeds: () => [
    'text-to-image "human feedback" -or',
    '“typographic” «quotes" OR -"a b',
    "ﬁ ½ İ ß 東京",
    "-".repeat(300),
  ],
  check(input) {
    const words = parseOrNull(() => readQuery("text", input.toString("utf8")));
    if (words === null) return;
    failUnless("too many terms", words.terms.length > 0 && words.terms.length <= 32);
    failUnless(
      "a term without a word",
      words.terms.every((term) => term.length > 0 && term.every((word) => word !== "")),
    );
    failUnless("an operator outside of quotes", /^(?:-?"[^"\\]*"(?: |$))+$/.test(words.websearch));
  },
};
