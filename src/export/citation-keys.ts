import type { AuthorName } from "../text/index.ts";

/** The fields that a key is made of. */
type KeySource = {
  /** `arxiv:2302.12192`, `doi:10.1103/…`, … */
  readonly work: string;
  readonly pith_number: string | null;
  readonly title: string | null;
  readonly authors: readonly AuthorName[];
  readonly year: number | null;
};

/**
 * The citation keys of one file: `aue2022predicting` from the first author's family name, the year and the title's
 * first significant word. If several entries have the same key, the first keeps it, and the next get `a`, `b`, …
 * appended. An entry without an author or a year uses its work's key: `arxiv-2302.12192`.
 */
export class CitationKeys {
  readonly #used = new Set<string>();
  /** By key, how many suffixes were used. */
  readonly #suffixes = new Map<string, number>();

  keyOf(source: KeySource): string {
    const base = baseKey(source);
    let key = base;
    let suffixes = this.#suffixes.get(base) ?? 0;
    while (this.#used.has(key)) key = base + letters(suffixes++);
    this.#used.add(key);
    if (suffixes > 0) this.#suffixes.set(base, suffixes);
    return key;
  }
}

/** `a` to `z`, then `aa`, … */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}

const maxNameLength = 40;

function baseKey({ work, pith_number, title, authors, year }: KeySource): string {
  const [first] = authors;
  const name = first === undefined ? "" : nameKey(first);
  if (name === "" || year === null) return identityKey(work, pith_number);
  return name.slice(0, maxNameLength) + year + titleWord(title ?? "");
}

function nameKey(author: AuthorName): string {
  if (author.kind === "person") return asciiLetters(`${author.particle ?? ""}${author.family}`);
  return asciiLetters(author.text.replace(/^the |\bcollaborations?\b/gi, ""));
}

const stopWords = new Set(
  "a an the on of in for to at by from with and or is are as its do does how what why when towards toward".split(
    " ",
  ),
);

function titleWord(title: string): string {
  const words = title
    .replace(/\$[^$]*\$|\\\(.*?\\\)/g, " ")
    // An apostrophe is part of a word: `l'été`, `What's`.
    .replace(/['’](?=\p{L})/gu, "")
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map(asciiLetters)
    .filter((word) => word !== "");
  return (words.find((word) => !stopWords.has(word)) ?? words[0] ?? "").slice(0, maxNameLength);
}

/** Letters that no decomposition turns into ASCII. */
const spellings: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

function asciiLetters(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[ßæœøłđðþı]/g, (letter) => spellings[letter] ?? "")
    .replace(/[^a-z0-9]/g, "");
}

/** Characters that BibTeX accepts in a key: `arxiv-hep-th-9711200`. */
function identityKey(work: string, pithNumber: string | null): string {
  const identity = /^(?:arxiv|doi):/.test(work) ? work : (pithNumber ?? work);
  return identity.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^-|-$/g, "");
}
