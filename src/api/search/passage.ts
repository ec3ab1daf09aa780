import { comparable, wordShape } from "./text-search.ts";

/** A part of a passage. */
export type PassagePart = { readonly text: string; readonly isMatch: boolean };

/** The approximate maximum length of a passage in characters: two or three lines. */
const passageLength = 280;

type Word = { readonly start: number; readonly end: number; readonly text: string };
type Match = { readonly start: number; readonly end: number; readonly term: number };

/** The number of distinct terms in a text. */
export function termsIn(text: string, terms: readonly (readonly string[])[]): number {
  return new Set(matchesIn(text, terms).map(({ term }) => term)).size;
}

/**
 * The part of a text with the most distinct terms, split into matches and other text; the beginning if nothing matches.
 * Pure. `…` marks omitted text.
 */
export function passageOf(text: string, terms: readonly (readonly string[])[]): PassagePart[] {
  const matches = matchesIn(text, terms);
  const { start, end } = windowOf(text, matches);
  const parts: PassagePart[] = [];
  const add = (from: number, to: number, isMatch: boolean) => {
    if (to > from) parts.push({ text: text.slice(from, to), isMatch });
  };
  if (start > 0) parts.push({ text: "…", isMatch: false });
  let at = start;
  for (const match of matches) {
    if (match.start < at || match.end > end) continue;
    add(at, match.start, false);
    add(match.start, match.end, true);
    at = match.end;
  }
  add(at, end, false);
  if (end < text.length) parts.push({ text: "…", isMatch: false });
  return parts;
}

function matchesIn(text: string, terms: readonly (readonly string[])[]): Match[] {
  const words: Word[] = Array.from(text.matchAll(wordShape), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    text: comparable(word),
  }));
  return words.flatMap(({ start }, place) =>
    terms.flatMap((term, number) => {
      if (!term.every((word, offset) => words[place + offset]?.text === word)) return [];
      return { start, end: words[place + term.length - 1]?.end ?? start, term: number };
    }),
  );
}

/** The stretch with the most distinct terms, cut between words. */
function windowOf(text: string, matches: readonly Match[]): { start: number; end: number } {
  if (text.length <= passageLength) return { start: 0, end: text.length };
  let best = { start: 0, count: 0 };
  // How often each term begins in the passage that starts at `first`, and the first match after that passage. Matches
  // are sorted by start, so each is added and removed once.
  const counts = new Map<number, number>();
  const add = (term: number, by: number) => {
    const count = (counts.get(term) ?? 0) + by;
    if (count === 0) counts.delete(term);
    else counts.set(term, count);
  };
  let next = 0;
  for (const first of matches) {
    for (let match = matches[next]; match !== undefined; match = matches[++next]) {
      if (match.start >= first.start + passageLength) break;
      add(match.term, 1);
    }
    if (counts.size > best.count) best = { start: first.start, count: counts.size };
    add(first.term, -1);
  }
  // Includes some text before the first match; all of it if that match is near the beginning.
  const lead = best.start < passageLength / 2 ? best.start : passageLength / 4;
  const start = wordEdge(text, best.start - lead);
  return { start, end: Math.max(wordEdge(text, start + passageLength), start + 1) };
}

/** The last blank at or before a position, or the position itself if none is near. */
function wordEdge(text: string, place: number): number {
  if (place <= 0) return 0;
  if (place >= text.length) return text.length;
  const blank = text.lastIndexOf(" ", place);
  return blank > place - 40 ? blank : place;
}
