import pg from "pg";

/** What a bibliography says of a paper. */
export type CitablePaper = {
  readonly pith_number: string;
  readonly title: string | null;
  readonly authors: readonly string[];
  /** In UTC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly source_kind: string;
  readonly source_id: string;
  readonly source_version: number | null;
  readonly primary_category: string | null;
  readonly dois: readonly string[];
  readonly cited_by_count: number;
};

/** Which papers; what is given must all hold, and nothing is all of them. */
export type PaperSet = {
  readonly pithNumbers?: readonly string[];
  /** The primary category. */
  readonly category?: string;
};

/** Rows of `CitablePaper`, by Pith number. */
export function citablePaperSelect({ pithNumbers, category }: PaperSet): string {
  const conditions = [
    // COPY takes no parameters.
    ...(pithNumbers === undefined
      ? []
      : [`p.pith_number IN (${pithNumbers.map((number) => pg.escapeLiteral(number)).join(", ") || "NULL"})`]),
    ...(category === undefined ? [] : [`p.primary_category = ${pg.escapeLiteral(category)}`]),
  ];
  const part = (name: string) => `extract(${name} FROM p.submitted_at AT TIME ZONE 'UTC')::int AS ${name}`;
  return `SELECT p.pith_number, p.title, p.authors, ${part("year")}, ${part("month")}, ${part("day")},
      p.source_kind, p.source_id, p.source_version, p.primary_category, p.dois, p.cited_by_count
    FROM analytics.papers AS p ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
    ORDER BY p.pith_number COLLATE "C"`;
}

/** DOIs that DataCite gives arXiv's papers: what is published elsewhere has another one. */
const arxivDoi = /^10\.48550\/arxiv\./;

/** The DOI to cite by: of the published version where one is known. */
export function doiOf({ dois }: CitablePaper): string | null {
  return dois.find((doi) => !arxivDoi.test(doi)) ?? dois[0] ?? null;
}

/** Where a person reads it; null where that is not known. */
export function urlOf({ source_kind, source_id, source_version }: CitablePaper): string | null {
  if (source_kind !== "arxiv") return null;
  const id = source_id.split("/").map(encodeURIComponent).join("/");
  return `https://arxiv.org/abs/${id}${source_version === null ? "" : `v${source_version}`}`;
}

/** A text of one line, without controls: what has lines as its grammar must not be told others. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** The authors that have a name. */
export function authorsOf({ authors }: CitablePaper): string[] {
  return authors.map(oneLine).filter((author) => author !== "");
}
