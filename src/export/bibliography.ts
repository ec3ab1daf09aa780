import pg from "pg";
import { type AuthorName, parseName, readableText } from "../text/index.ts";
import { readSelectedRows } from "./copy-out.ts";

/** The citation data of a paper, or of a work that is cited but has no stored paper. */
export type CitablePaper = {
  /** `arxiv:2302.12192`, `doi:10.1103/…`, … */
  readonly work: string;
  /** Null if no paper is stored. */
  readonly pith_number: string | null;
  readonly title: string | null;
  readonly authors: readonly string[];
  /** In UTC; null if unknown. */
  readonly year: number | null;
  /** Null if no paper is stored. */
  readonly month: number | null;
  readonly day: number | null;
  /** `arxiv`, or the other source of the record; null if unknown. */
  readonly source_kind: string | null;
  readonly source_id: string | null;
  readonly source_version: number | null;
  readonly primary_category: string | null;
  readonly dois: readonly string[];
};

/** A citable item: a stored paper, or a work without one. */
export type CitableRef =
  | { readonly kind: "paper"; readonly pithNumber: string }
  | { readonly kind: "work"; readonly workId: bigint };

/** The papers that meet all conditions; without conditions, all papers. */
export type PaperSet = {
  /** In this order, each once. */
  readonly refs?: readonly CitableRef[];
  /** The primary category. */
  readonly category?: string;
};

/** Rows of `CitablePaper` of stored papers, by Pith number. */
function citablePaperSelect(conditions: readonly string[]): string {
  const part = (name: string) => `extract(${name} FROM p.submitted_at AT TIME ZONE 'UTC')::int AS ${name}`;
  return `SELECT p.work, p.pith_number, p.title, p.authors, ${part("year")}, ${part("month")}, ${part("day")},
      p.source_kind, p.source_id, p.source_version, p.primary_category, p.dois
    FROM analytics.papers AS p ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
    ORDER BY p.pith_number COLLATE "C"`;
}

/** Rows of `CitablePaper` of works, by their keys, with their `work_id`. */
function citableWorkSelect(workIds: readonly bigint[]): string {
  const name = (kind: string) =>
    `CASE split_part(w.key, ':', 1) WHEN '${kind}' THEN substr(w.key, ${kind.length + 2}) END`;
  return `SELECT w.work_id::text AS work_id, w.key AS work, NULL AS pith_number, w.title, '{}'::text[] AS authors, w.year,
      NULL AS month, NULL AS day, ${name("arxiv")} AS source_id, NULL AS source_version, NULL AS primary_category,
      CASE split_part(w.key, ':', 1) WHEN 'arxiv' THEN 'arxiv' END AS source_kind,
      array_remove(ARRAY[${name("doi")}], NULL) AS dois
    FROM works AS w WHERE w.work_id IN (${workIds.join(", ") || "NULL"}) ORDER BY w.key COLLATE "C"`;
}

/** COPY takes no parameters. */
function pithNumberIn(pithNumbers: readonly string[]): string {
  return `p.pith_number IN (${pithNumbers.map((number) => pg.escapeLiteral(number)).join(", ") || "NULL"})`;
}

function categoryIs(category: string): string {
  return `p.primary_category = ${pg.escapeLiteral(category)}`;
}

/** DOIs that DataCite assigns to arXiv's papers: a version published elsewhere has another one. */
const arxivDoi = /^10\.48550\/arxiv\./;

/** The DOI to cite: that of the published version if known. */
function doiOf({ dois }: CitablePaper): string | null {
  return dois.find((doi) => !arxivDoi.test(doi)) ?? dois[0] ?? null;
}

/** The address where a person can read it; null if unknown. */
function urlOf({ source_kind, source_id, source_version }: CitablePaper): string | null {
  if (source_kind !== "arxiv" || source_id === null) return null;
  const id = source_id.split("/").map(encodeURIComponent).join("/");
  return `https://arxiv.org/abs/${id}${source_version === null ? "" : `v${source_version}`}`;
}

/** An entry of a bibliography, for every format. Texts are readable: TeX as letters, one line. */
export type Entry = Omit<CitablePaper, "title" | "authors" | "dois"> & {
  /** Unique in its file: `aue2022predicting`. */
  readonly key: string;
  readonly title: string | null;
  readonly authors: readonly AuthorName[];
  readonly doi: string | null;
  readonly url: string | null;
};

export type EntryPages = AsyncIterable<readonly Entry[]> | Iterable<readonly Entry[]>;

/** The entries of a set, in pages: in the order of `refs` if given, else by Pith number. */
export async function* readEntries(client: pg.ClientBase, set: PaperSet): AsyncGenerator<Entry[]> {
  const conditions = set.category === undefined ? [] : [categoryIs(set.category)];
  const keys = new CitationKeys();
  if (set.refs !== undefined) {
    yield await readSelected(client, set.refs, conditions, keys);
    return;
  }
  for await (const papers of readSelectedRows<CitablePaper>(client, citablePaperSelect(conditions))) {
    yield papers.map((paper) => entryOf(paper, keys));
  }
}

/** Keys are assigned in order of identity, so that the order of `refs` does not change them. */
async function readSelected(
  client: pg.ClientBase,
  refs: readonly CitableRef[],
  conditions: readonly string[],
  keys: CitationKeys,
): Promise<Entry[]> {
  const entries = new Map<string, Entry>();
  const pithNumbers = refs.flatMap((ref) => (ref.kind === "paper" ? [ref.pithNumber] : []));
  const papers = citablePaperSelect([pithNumberIn(pithNumbers), ...conditions]);
  for await (const rows of readSelectedRows<CitablePaper & { pith_number: string }>(client, papers)) {
    for (const row of rows) entries.set(row.pith_number, entryOf(row, keys));
  }
  // A work without a paper has no category.
  const workIds =
    conditions.length > 0 ? [] : refs.flatMap((ref) => (ref.kind === "work" ? [ref.workId] : []));
  const works = citableWorkSelect(workIds);
  for await (const rows of readSelectedRows<CitablePaper & { work_id: string }>(client, works)) {
    for (const row of rows) entries.set(row.work_id, entryOf(row, keys));
  }
  const names = new Set(refs.map((ref) => (ref.kind === "paper" ? ref.pithNumber : String(ref.workId))));
  return [...names].flatMap((name) => entries.get(name) ?? []);
}

/** The entries of papers that were read elsewhere, in their order, with the keys that `readSelected` assigns. */
export function entriesOf(papers: readonly CitablePaper[]): Entry[] {
  const keys = new CitationKeys();
  // Works without a paper come last, as their keys follow `~`.
  const identityOf = ({ pith_number, work }: CitablePaper) => pith_number ?? `~${work}`;
  const sorted = [...papers].sort((a, b) => (identityOf(a) < identityOf(b) ? -1 : 1));
  const entries = new Map(sorted.map((paper) => [paper, entryOf(paper, keys)]));
  return papers.flatMap((paper) => entries.get(paper) ?? []);
}

function entryOf(paper: CitablePaper, keys: CitationKeys): Entry {
  const title = paper.title === null ? "" : readableText(paper.title);
  const authors = paper.authors.flatMap((name) => parseName(name) ?? []);
  const readable = { ...paper, title: title === "" ? null : title, authors };
  return { ...readable, key: keys.keyOf(readable), doi: doiOf(paper), url: urlOf(paper) };
}

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
class CitationKeys {
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
