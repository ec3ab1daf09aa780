/** `A. Author`, `A. Author and B. Author`, or `A. Author and 5 others`; empty without authors. */
export function shortAuthors(authors: readonly string[]): string {
  const [first, second] = authors;
  if (first === undefined) return "";
  if (authors.length > 2) return `${first} and ${authors.length - 1} others`;
  return second === undefined ? first : `${first} and ${second}`;
}

/** `1 work`, `1,234 works`. */
export function formatCount(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

/** `once`, `12 times`. */
export function formatTimes(count: number): string {
  return count === 1 ? "once" : `${count.toLocaleString("en")} times`;
}

/** `“one”`, or `“one”, “two”`; of more than five, the first five and how many more. */
export function quoteNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `“${name.slice(0, 80)}”`);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}

type DatedWork = {
  readonly year: number | null;
  /** The year that references state, if it differs from `year`; otherwise null. */
  readonly statedYear?: number | null;
  /** When its paper was submitted, in RFC 3339. */
  readonly submittedAt?: string | null;
};

/**
 * The year of a work: its paper's, else its identifier's, else the one that references state; and the latter if it
 * differs.
 */
export function displayYear({ year, statedYear = null, submittedAt = null }: DatedWork): {
  readonly year: number | null;
  readonly citedAs: number | null;
} {
  const submitted = submittedAt === null ? Number.NaN : Number(submittedAt.slice(0, 4));
  const shown = Number.isNaN(submitted) ? (year ?? statedYear) : submitted;
  return { year: shown, citedAs: statedYear === shown ? null : statedYear };
}

/** `2022`, or `2022 (cited as 2005)` if references disagree; null if no year is known. */
export function formatYear(work: DatedWork): string | null {
  const { year, citedAs } = displayYear(work);
  if (year === null) return null;
  return citedAs === null ? String(year) : `${year} (cited as ${citedAs})`;
}

const arxivId = /^(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d{1,3})?$/i;
const doi = /^10\.\d{4,9}\/\S+$/;

/** The URL of an arXiv id or a DOI; null for anything else. Never a URL from a document. */
export function sourceUrl(kind: string, id: string): string | null {
  if (kind === "arxiv" && arxivId.test(id)) return `https://arxiv.org/abs/${id}`;
  if (kind !== "doi" || !doi.test(id)) return null;
  return `https://doi.org/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/** Joins refs by commas for one URL parameter. Commas within DOIs become `%2C`, and `%` becomes `%25`. */
export function formatRefList(refs: readonly string[]): string {
  return refs.map((ref) => ref.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

/** Reads the refs of `formatRefList`, of one or several parameters, without duplicates. */
export function parseRefList(parameters: readonly string[]): string[] {
  const refs = parameters
    .flatMap((parameter) => parameter.split(","))
    .map((ref) => ref.replaceAll(/%2c/gi, ",").replaceAll("%25", "%").trim())
    .filter((ref) => ref !== "");
  return [...new Set(refs)];
}
