import type { SampleClaim } from "./sample-paper.ts";

const maxClaims = 8;
/** Shorter ones, such as "1998.", are not sentences. */
const minWords = 3;

/**
 * The first sentences of an abstract as claims. They are not judged: a kind other than `abstract_sentence` is given
 * only if the sentence says so explicitly, and is the only one of its abstract that does.
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
 * Phrases that state a claim's kind, in order of precedence. No phrase identifies a weakest assumption or a headline:
 * finding those requires judgement.
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

/** A possible end of a sentence: its point, perhaps a closing formula or bracket, a space, and a beginning. */
const boundary = /[.?!](?:\s?\$\$)?[)\]"'”’]*\s(?=[A-Z0-9"'“‘([$\\])/g;

/** A point after one of these, or after an initial, does not end a sentence. */
const abbreviation =
  /(?:^|[\s(])(?:[A-Z]|e\.g|i\.e|cf|vs|resp|et al|ca|approx|Figs?|Eqs?|Refs?|Secs?|Nos?|no|Dr|St)\.$/;

/** The sentences of a text, with white space normalized. A heuristic for abstracts with LaTeX. */
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
