import type { SampleClaim } from "./sample-paper.ts";

const maxClaims = 8;
/** Shorter ones, such as "1998.", are no sentences. */
const minWords = 3;

/**
 * The first sentences of an abstract as claims. Nobody judged them: a kind other than `abstract_sentence` is
 * given only where the sentence says so in words, and is the only one of its abstract that does.
 */
export function claimsOfAbstract(abstract: string): SampleClaim[] {
  const sentences = sentencesOf(abstract).filter((text) => text.split(" ").length >= minWords);
  return sentences.slice(0, maxClaims).map((text) => ({
    kind: kindOf(text, sentences),
    source: "abstract",
    text,
  }));
}

/**
 * What a sentence says of itself, in the order of precedence. No words tell a weakest assumption or a headline:
 * to find those is to judge.
 */
const spokenKinds = [
  ["strongest_claim", /\bwe (?:\w+ )?(?:show|prove|demonstrate|establish|conclude|find)(?: out)? that\b/i],
  ["one_line_summary", /^In (?:this|the present) (?:paper|article|work|study|thesis)\b/],
] as const;

function kindOf(text: string, sentences: readonly string[]): string {
  const spoken = spokenKinds.find(([, words]) => words.test(text));
  if (spoken === undefined) return "abstract_sentence";
  const [kind, words] = spoken;
  return sentences.filter((sentence) => words.test(sentence)).length === 1 ? kind : "abstract_sentence";
}

/** Where a sentence may end: its point, perhaps the end of a formula or a bracket, and a beginning behind a space. */
const boundary = /[.?!](?:\s?\$\$)?[)\]"'”’]*\s(?=[A-Z0-9"'“‘([$\\])/g;

/** A point behind these, or behind an initial, ends no sentence. */
const abbreviation =
  /(?:^|[\s(])(?:[A-Z]|e\.g|i\.e|cf|vs|resp|et al|ca|approx|Figs?|Eqs?|Refs?|Secs?|Nos?|no|Dr|St)\.$/;

/** The sentences of a text, white space made plain. A rule of thumb, made for abstracts with LaTeX in them. */
export function sentencesOf(text: string): string[] {
  const plain = text.trim().replace(/\s+/g, " ");
  const sentences: string[] = [];
  let start = 0;
  for (const { index, 0: end } of plain.matchAll(boundary)) {
    const stop = index + end.length - 1;
    const sentence = plain.slice(start, stop);
    if (abbreviation.test(sentence) || isInsideFormula(sentence)) continue;
    sentences.push(sentence);
    start = stop + 1;
  }
  if (start < plain.length) sentences.push(plain.slice(start));
  return sentences;
}

function isInsideFormula(text: string): boolean {
  return (text.match(/(?<!\\)\$\$?/g)?.length ?? 0) % 2 === 1;
}
