import type { GraphWork } from "./neighbourhood.ts";
import { scatter } from "./scatter.ts";

/**
 * When a work stands on the time axis, in years: its paper's submission, else anywhere within its year, always at the
 * same place. Null where no year is known.
 */
export function dateOf({
  id,
  submittedAt,
  year,
}: Pick<GraphWork, "id" | "submittedAt" | "year">): number | null {
  if (submittedAt !== null) {
    const moment = Date.parse(submittedAt);
    if (!Number.isNaN(moment)) return yearOf(moment);
  }
  return year === null ? null : year + 0.08 + 0.84 * scatter(id)[0];
}

function yearOf(moment: number): number {
  const year = new Date(moment).getUTCFullYear();
  const start = Date.UTC(year, 0);
  return year + (moment - start) / (Date.UTC(year + 1, 0) - start);
}
