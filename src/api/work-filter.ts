import { and, gte, inArray, isNotNull, isNull, lte, type SQL } from "drizzle-orm";
import type { Queries } from "../store/database.ts";
import { papers, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { categoriesCondition } from "./paper-filter.ts";

export const WorkFilterInput = builder.inputType("WorkFilter", {
  description: "Which works; what is given must all hold. What is absent or null asks nothing.",
  fields: (t) => ({
    yearFrom: t.int({ description: "`year` is this one or later. A work whose year nobody told fits none." }),
    yearTo: t.int({ description: "`year` is this one or earlier. A work whose year nobody told fits none." }),
    categories: t.stringList({
      description:
        "Any of these is the primary category, or among the others, of the work's `paper`: so only of works of which one is " +
        "held. An empty list fits none.",
    }),
    held: t.boolean({ description: "Whether a paper of it is held." }),
  }),
});

export type WorkFilter = typeof WorkFilterInput.$inferInput;

/** The condition on `works` that a filter asks for; undefined where it asks nothing. */
export function workCondition(
  db: Queries,
  { yearFrom, yearTo, categories, held }: WorkFilter,
): SQL | undefined {
  const ofPaper = categoriesCondition(categories);
  return and(
    typeof yearFrom === "number" ? gte(works.year, yearFrom) : undefined,
    typeof yearTo === "number" ? lte(works.year, yearTo) : undefined,
    ofPaper === undefined
      ? undefined
      : inArray(works.paperId, db.select({ paperId: papers.paperId }).from(papers).where(ofPaper)),
    typeof held === "boolean" ? (held ? isNotNull(works.paperId) : isNull(works.paperId)) : undefined,
  );
}
