type Dated = {
  readonly year: number | null;
  /** The year that references state, where it differs from `year`; null otherwise. */
  readonly statedYear?: number | null;
  /** When its paper was submitted, RFC 3339. */
  readonly submittedAt?: string | null;
};

/** The year of a work: its paper's, else its identifier's, else the stated one; and the stated one where it differs. */
export function shownYear({ year, statedYear = null, submittedAt = null }: Dated): {
  readonly year: number | null;
  readonly citedAs: number | null;
} {
  const submitted = submittedAt === null ? Number.NaN : Number(submittedAt.slice(0, 4));
  const shown = Number.isNaN(submitted) ? (year ?? statedYear) : submitted;
  return { year: shown, citedAs: statedYear === shown ? null : statedYear };
}

/** `2022`, or `2022 (cited as 2005)` where references disagree; null where no year is known. */
export function yearText(work: Dated): string | null {
  const { year, citedAs } = shownYear(work);
  if (year === null) return null;
  return citedAs === null ? String(year) : `${year} (cited as ${citedAs})`;
}
