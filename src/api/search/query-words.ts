import { badUserInput } from "../errors.ts";

/** Characters of a query, and terms in it. Each term is looked up by itself. */
const longestQuery = 500;
const mostTerms = 32;

/** What a person looks for, read. */
export type QueryWords = {
  /** For `websearch_to_tsquery`: each term in quotes, so that no word of it is an operator. */
  readonly web: string;
  /** The terms that must be there, each one or several adjacent words in lower case. Never empty. */
  readonly terms: readonly (readonly string[])[];
  /**
   * The words of the terms without their order, for `websearch_to_tsquery`, where the terms ask for more than that:
   * words side by side, or words that must not be there. Null where `web` is no more than these words.
   */
  readonly anywhere: string | null;
};

/**
 * The words of a text: runs of letters, of digits of any script, and of the marks that belong to them. Punctuation,
 * symbols, white space and control characters separate. The same as the SQL function pith_graph_words has.
 */
export const wordShape = /(?:\p{Alphabetic}|[^\p{P}\p{S}\p{White_Space}\p{Cc}\u200b])+/gu;

/** Characters inside words that nobody sees. */
const invisible = /\u00ad|\u200c|\u200d|\u2060|\ufeff/g;

/** A word as words are compared here. */
export function comparable(word: string): string {
  return word.normalize("NFKC").replace(invisible, "").toLowerCase();
}

/**
 * Reads a query: words, `"words side by side"`, and `-word` for what must not be there. A word with other signs in it,
 * like `text-to-image`, stands for its parts side by side. Null where nothing is wanted. Throws BAD_USER_INPUT where it
 * is too long.
 */
export function readQuery(argument: string, query: string): QueryWords | null {
  if (query.length > longestQuery) {
    throw badUserInput(`\`${argument}\` may have ${longestQuery} characters, not ${query.length}.`);
  }
  const terms: string[][] = [];
  const web: string[] = [];
  const text = query
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/[“”„«»]/g, '"');
  for (const [, minus, phrase, bare] of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)) {
    const words = (phrase ?? bare ?? "").match(wordShape);
    if (words === null) continue;
    if (web.length === mostTerms) throw badUserInput(`\`${argument}\` may have ${mostTerms} terms.`);
    web.push(`${minus}"${words.join(" ")}"`);
    if (minus === "") terms.push(words.map(comparable));
  }
  if (terms.length === 0) return null;
  const isMore = terms.length < web.length || terms.some((term) => term.length > 1);
  const anywhere = isMore ? [...new Set(terms.flat())].map((word) => `"${word}"`).join(" ") : null;
  return { web: web.join(" "), terms, anywhere };
}
