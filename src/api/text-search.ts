import { type SQL, sql } from "drizzle-orm";
import { claims, claimWords, paperNames, papers, paperWords, type Queries } from "../store/index.ts";
import { badUserInput } from "./errors.ts";

/** Limits on the characters of a query and its terms. Each term is looked up separately. */
const maxQueryLength = 500;
const maxTerms = 32;

/** A parsed search query. */
export type QueryWords = {
  /** For `websearch_to_tsquery`: each term in quotes, so that no word in it is an operator. */
  readonly websearch: string;
  /** The required terms, each one or several adjacent words in lower case. Never empty. */
  readonly terms: readonly (readonly string[])[];
  /**
   * The words of the terms in any order, for `websearch_to_tsquery`, if the query also requires adjacent words or
   * excludes words. Null if `websearch` has only these words.
   */
  readonly looseWebsearch: string | null;
};

/**
 * The words of a text: runs of letters, of digits of any script, and of their marks. Punctuation, symbols, white space
 * and control characters separate words. The same rule as in the SQL function pith_graph_words.
 */
export const wordPattern = /(?:\p{Alphabetic}|[^\p{P}\p{S}\p{White_Space}\p{Cc}\u200b])+/gu;

/** Invisible characters within words. */
const invisibleCharacters = /\u00ad|\u200c|\u200d|\u2060|\ufeff/g;

/** A word in the form used for comparison. */
function normalizeWord(word: string): string {
  return word.normalize("NFKC").replace(invisibleCharacters, "").toLowerCase();
}

/**
 * Parses a query: words, `"adjacent words"`, and `-word` for exclusion. A word with punctuation, such as
 * `text-to-image`, means its parts as adjacent words. Null if there are no required terms. Throws BAD_USER_INPUT if it
 * is too long.
 */
export function readQuery(argument: string, query: string): QueryWords | null {
  if (query.length > maxQueryLength) {
    throw badUserInput(`\`${argument}\` may have ${maxQueryLength} characters, not ${query.length}.`);
  }
  const terms: string[][] = [];
  const web: string[] = [];
  const text = query
    .normalize("NFKC")
    .replace(invisibleCharacters, "")
    .replace(/[“”„«»]/g, '"');
  for (const [, minus, phrase, bare] of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)) {
    const words = (phrase ?? bare ?? "").match(wordPattern);
    if (words === null) continue;
    if (web.length === maxTerms) throw badUserInput(`\`${argument}\` may have ${maxTerms} terms.`);
    web.push(`${minus}"${words.join(" ")}"`);
    if (minus === "") terms.push(words.map(normalizeWord));
  }
  if (terms.length === 0) return null;
  const isMore = terms.length < web.length || terms.some((term) => term.length > 1);
  const anywhere = isMore ? [...new Set(terms.flat())].map((word) => `"${word}"`).join(" ") : null;
  return { websearch: web.join(" "), terms, looseWebsearch: anywhere };
}

/**
 * The maximum number of papers, and of claims, that are ranked for one query. If more match, only this many of them are ranked, which
 * limits the cost of a query.
 */
export const maxRanked = 2_000;

/** The maximum number of papers, and of claims, with all words that are checked for adjacent and excluded words. */
const maxCandidates = 10_000;

/** A result: a paper (`ordinal` -1) or a claim. `score` is in millionths, from 0 to 1,000,000. */
export type SearchMatch = { readonly paperId: bigint; readonly ordinal: number; readonly score: number };

export const paperOrdinal = -1;

/** The query as a tsquery. */
function tsquery({ websearch: web }: QueryWords): SQL {
  return sql`websearch_to_tsquery('simple', ${web})`;
}

/** The condition that a claim matches the words. */
export function claimTextCondition(words: QueryWords): SQL {
  return sql`${claimWords(claims)} @@ ${tsquery(words)}`;
}

/** The weights of words in an abstract, (unused), in authors, in a title; and of those in a claim. */
const paperWeights = "{0.1,0.1,0.5,1}";
const claimWeights = "{0.4,0.4,0.4,0.4}";

/**
 * Rows that match the words. The index finds rows by words, but not whether these are adjacent: up to `mostCandidates`
 * rows are checked for that.
 */
function matchingRows(words: QueryWords, rows: SearchedTable): SQL {
  const { table, ordinal, text } = rows;
  const limit = sql.raw(String(maxRanked));
  if (words.looseWebsearch === null) {
    return sql`SELECT paper_id, ${ordinal} AS ordinal, ${text} AS words
      FROM ${table} WHERE ${text} @@ ${tsquery(words)} LIMIT ${limit}`;
  }
  return sql`SELECT paper_id, ordinal, words FROM (
      SELECT paper_id, ${ordinal} AS ordinal, ${text} AS words FROM ${table}
      WHERE ${text} @@ websearch_to_tsquery('simple', ${words.looseWebsearch}) LIMIT ${sql.raw(String(maxCandidates))}
    ) AS candidates WHERE words @@ ${tsquery(words)} LIMIT ${limit}`;
}

type SearchedTable = {
  readonly table: typeof papers | typeof claims;
  readonly ordinal: SQL;
  readonly text: SQL;
};

const searchedPapers: SearchedTable = {
  table: papers,
  ordinal: sql.raw(String(paperOrdinal)),
  text: paperWords(papers),
};
const searchedClaims: SearchedTable = {
  table: claims,
  ordinal: sql.raw("ordinal"),
  text: claimWords(claims),
};

/** `rank / (rank + 1)`, below 1, in millionths: an integer, so that a page begins exactly where the previous ended. */
function score(weights: string, words: QueryWords): SQL {
  return sql`floor(1000000 * ts_rank(${weights}::float4[], words, ${tsquery(words)}, 32))::int AS score`;
}

/** Rows with all the words, best first, then by an internal number. */
export async function readRanked(
  db: Queries,
  words: QueryWords,
  page: { readonly after: SearchMatch | null; readonly excluded: readonly bigint[]; readonly limit: number },
): Promise<SearchMatch[]> {
  return readPage(
    db,
    sql`SELECT paper_id, ordinal, ${score(paperWeights, words)} FROM (${matchingRows(words, searchedPapers)}) AS p
        UNION ALL
        SELECT paper_id, ordinal, ${score(claimWeights, words)} FROM (${matchingRows(words, searchedClaims)}) AS c`,
    page,
  );
}

/** The number of rows on all pages of `readRanked`. */
export async function countRanked(
  db: Queries,
  words: QueryWords,
  excluded: readonly bigint[],
): Promise<number> {
  const { rows } = await db.execute<{ count: string }>(
    sql`SELECT count(*) FROM (
          SELECT paper_id, ordinal FROM (${matchingRows(words, searchedPapers)}) AS p
          UNION ALL
          SELECT paper_id, ordinal FROM (${matchingRows(words, searchedClaims)}) AS c
        ) AS found WHERE ${notAmong(excluded)}`,
  );
  return Number(rows[0]?.count ?? 0);
}

/** Papers whose title or authors are similar by trigrams. Empty if the server has no pg_trgm. */
export async function readSimilar(
  db: Queries,
  text: string,
  page: { readonly after: SearchMatch | null; readonly limit: number },
): Promise<SearchMatch[]> {
  if (!(await hasTrigrams(db))) return [];
  return readPage(
    db,
    sql`SELECT paper_id, -1 AS ordinal, floor(500000 * word_similarity(${text}, names))::int AS score
        FROM (${similarPapers(text)}) AS p`,
    { ...page, excluded: [] },
  );
}

export async function countSimilar(db: Queries, text: string): Promise<number> {
  if (!(await hasTrigrams(db))) return 0;
  const { rows } = await db.execute<{ count: string }>(
    sql`SELECT count(*) FROM (${similarPapers(text)}) AS p`,
  );
  return Number(rows[0]?.count ?? 0);
}

function similarPapers(text: string): SQL {
  return sql`SELECT paper_id, ${paperNames(papers)} AS names FROM ${papers}
    WHERE ${paperNames(papers)} %> ${text} LIMIT ${sql.raw(String(maxRanked))}`;
}

async function readPage(
  db: Queries,
  found: SQL,
  {
    after,
    excluded,
    limit,
  }: { readonly after: SearchMatch | null; readonly excluded: readonly bigint[]; readonly limit: number },
): Promise<SearchMatch[]> {
  const isAfter =
    after === null
      ? sql`true`
      : sql`(-score, paper_id, ordinal) > (${-after.score}::int, ${after.paperId}::bigint, ${after.ordinal}::int)`;
  const { rows } = await db.execute<{ paper_id: string; ordinal: number; score: number }>(
    sql`SELECT paper_id, ordinal, score FROM (${found}) AS found
        WHERE ${notAmong(excluded)} AND ${isAfter}
        ORDER BY -score, paper_id, ordinal LIMIT ${limit}`,
  );
  return rows.map(({ paper_id: id, ordinal, score }) => ({ paperId: BigInt(id), ordinal, score }));
}

/** Excludes these papers, but not their claims. */
function notAmong(paperIds: readonly bigint[]): SQL {
  if (paperIds.length === 0) return sql`true`;
  return sql`NOT (ordinal = -1 AND paper_id = ANY(${sql.param(`{${paperIds.join(",")}}`)}::bigint[]))`;
}

const trigramSupport = new WeakMap<object, Promise<boolean>>();

/** Whether the server has pg_trgm; queried once. */
function hasTrigrams(db: Queries): Promise<boolean> {
  const query = async () => {
    const { rows } = await db.execute(sql`SELECT FROM pg_extension WHERE extname = 'pg_trgm'`);
    return rows.length > 0;
  };
  const answer = trigramSupport.get(db) ?? query();
  trigramSupport.set(db, answer);
  answer.catch(() => trigramSupport.delete(db));
  return answer;
}

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
  const words: Word[] = Array.from(text.matchAll(wordPattern), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    text: normalizeWord(word),
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
