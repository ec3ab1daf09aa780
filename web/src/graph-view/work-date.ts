import { shownYear } from "../text/shown-year.ts";
import type { GraphWork } from "./neighbourhood.ts";
import { scatter } from "./scatter.ts";

/**
 * When a work stands on the time axis, in years: its paper's submission, else anywhere within its year, always at the
 * same place. Null where no year is known.
 */
export function dateOf(work: Pick<GraphWork, "id" | "submittedAt" | "year" | "statedYear">): number | null {
  const { submittedAt } = work;
  if (submittedAt !== null) {
    const moment = Date.parse(submittedAt);
    if (!Number.isNaN(moment)) return yearOf(moment);
  }
  const { year } = shownYear(work);
  return year === null ? null : year + 0.08 + 0.84 * scatter(work.id)[0];
}

function yearOf(moment: number): number {
  const year = new Date(moment).getUTCFullYear();
  const start = Date.UTC(year, 0);
  return year + (moment - start) / (Date.UTC(year + 1, 0) - start);
}
