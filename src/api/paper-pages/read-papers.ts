import { and } from "drizzle-orm";
import { type Database, inSnapshot, type Queryable } from "../../store/index.ts";
import { type PaperFilter, paperCondition, workCondition } from "../paper-filter.ts";
import { papersByCitations } from "./by-citations.ts";
import { papersOfFittingWorks } from "./by-fitting-works.ts";
import { papersBySubmission } from "./by-submission.ts";
import type { PaperOrder, ReadPapers } from "./places.ts";

/**
 * Reads papers that match a filter in an order: in one statement if the order is by submission and `isAnchor` is not
 * false, otherwise in several within one snapshot. Works are not joined: they may be on other servers.
 */
export function readPapersOf(
  { db, pool }: Pick<Database, "db" | "pool">,
  filter: PaperFilter,
  order: PaperOrder,
): ReadPapers {
  const { minCitedBy, isAnchor, ...others } = filter;
  const ofPaper = paperCondition(db, others);
  const ofWork = workCondition({ minCitedBy, isAnchor });
  if (order === "CITED_BY_DESC" || order === "CITED_BY_ASC") {
    const mostCitedFirst = inOneSnapshot(pool, (sender) =>
      papersByCitations(db, sender, { ofPaper, ofWork }),
    );
    return order === "CITED_BY_DESC" ? mostCitedFirst : reversed(mostCitedFirst);
  }
  const isDescending = order === "SUBMITTED_DESC";
  if (isAnchor !== false) return papersBySubmission(db, pool, paperCondition(db, filter), isDescending);
  return inOneSnapshot(pool, (sender) =>
    papersOfFittingWorks(db, sender, order, ofWork, (condition) =>
      papersBySubmission(db, sender, and(condition, ofPaper), isDescending),
    ),
  );
}

/** Reads an order backward: the opposite order. */
function reversed(read: ReadPapers): ReadPapers {
  return ({ after, before, reverse }, limit) =>
    read({ after: before, before: after, reverse: !reverse }, limit);
}

/** Runs all statements of a reader in one snapshot. */
function inOneSnapshot(pool: Database["pool"], readerOf: (sender: Queryable) => ReadPapers): ReadPapers {
  return (stretch, limit) => inSnapshot(pool, (sender) => readerOf(sender)(stretch, limit));
}
