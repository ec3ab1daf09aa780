import { parseAuthors } from "../../src/text/index.ts";
import { words } from "../corpus.ts";
import { below } from "../graph/random.ts";

type Random = () => number;

/** Texts like those of the papers that they are made of. */
export type CorpusTexts = {
  /** The beginning of one title and the end of another: 40 to 90 characters. */
  title(random: Random): string;
  /** One to five names, each of the initials of one author and the family name of another. */
  authors(random: Random): string[];
  authorsIn(text: string): string[];
  /** Two sentences. */
  abstract(random: Random): string;
  /** A sentence with one of the words to search for. */
  claim(random: Random): string;
};

export function textsOf(
  papers: readonly { readonly title: string; readonly authorsText: string }[],
): CorpusTexts {
  // Titles with formulas would be cut within them.
  const titles = papers.map(({ title }) => title).filter((title) => /^[\w ,.:'()-]{30,120}$/.test(title));
  const authorsIn = (text: string) => parseAuthors(text).map((author) => author.text);
  const names = papers.slice(0, 5000).flatMap(({ authorsText }) => {
    return authorsIn(authorsText).flatMap((name) => {
      const parts = /^(.+\.) ?([^\s.]{3,})$/.exec(name);
      return parts === null ? [] : [{ given: parts[1] as string, family: parts[2] as string }];
    });
  });
  const some = <Item>(random: Random, items: readonly Item[]) => items[below(random, items.length)] as Item;
  const title = (random: Random): string => {
    for (;;) {
      const first = some(random, titles);
      const second = some(random, titles);
      const text = `${first.slice(0, first.indexOf(" ", 20))} ${second.slice(second.lastIndexOf(" ", second.length - 20) + 1)}`;
      if (text.length >= 40 && text.length <= 90) return text;
    }
  };
  return {
    title,
    authorsIn,
    authors: (random) =>
      Array.from(
        { length: 1 + below(random, 5) },
        () => `${some(random, names).given} ${some(random, names).family}`,
      ),
    abstract: (random) => `We study ${title(random)}. The result is compared with ${title(random)}.`,
    claim: (random) => `${title(random)}: with the ${some(random, words)} it follows that ${title(random)}.`,
  };
}
