import { and } from "drizzle-orm";
import type { Sender } from "../../store/cancellable.ts";
import type { Database } from "../../store/database.ts";
import { inSnapshot } from "../../store/snapshot.ts";
import { type PaperFilter, paperCondition } from "../paper-filter.ts";
import { papersByCitations } from "./by-citations.ts";
import { papersBySubmission } from "./by-submission.ts";
import { withoutAnchors } from "./never-anchors.ts";
import type { OrderedPaper, PaperOrder, ReadPapers, Stretch } from "./places.ts";

/**
 * Reads papers that fit a filter in an order: in one statement where all that is asked is told by the papers themselves,
 * else in several of one snapshot. What lies with the works is not joined: they may lie on other servers.
 */
export function readPapersOf(
  { db, pool }: Pick<Database, "db" | "pool">,
  filter: PaperFilter,
  order: PaperOrder,
): ReadPapers {
  const { minCitedBy, anchorsOthers, ...others } = filter;
  const isByCitations = order === "CITED_BY_DESC";
  const isWithoutAnchors = anchorsOthers === false;
  const ofPaper = paperCondition(db, others);
  // What never is an anchor is looked at later, and no part of a condition.
  const ofWork = isWithoutAnchors ? undefined : paperCondition(db, { anchorsOthers });
  const byCount = paperCondition(db, { minCitedBy });
  const readerOf = (sender: Sender): ReadPapers => {
    const inOrder = isByCitations
      ? papersByCitations(db, sender, { ofPaper, ofWork, minCitedBy: minCitedBy ?? 0 })
      : papersBySubmission(db, sender, and(ofPaper, ofWork, byCount), order === "SUBMITTED_DESC");
    return isWithoutAnchors ? withoutAnchors(db, sender, order, inOrder) : inOrder;
  };
  return (stretch: Stretch, limit: number): Promise<OrderedPaper[]> => {
    const isOneStatement = !isByCitations && !isWithoutAnchors;
    return isOneStatement
      ? readerOf(pool)(stretch, limit)
      : inSnapshot(pool, (sender) => readerOf(sender)(stretch, limit));
  };
}
