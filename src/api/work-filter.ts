import { and, gte, inArray, isNotNull, isNull, lte, type SQL } from "drizzle-orm";
import type { Queries } from "../store/database.ts";
import { papers, works } from "../store/tables/index.ts";
import { builder } from "./builder.ts";
import { categoriesCondition } from "./paper-filter.ts";

export const WorkFilterInput = builder.inputType("WorkFilter", {
  description:
    "Selects works. Conditions are combined with AND. An absent or null condition matches everything.",
  fields: (t) => ({
    yearFrom: t.int({ description: "`year` is this year or later. Works of unknown year do not match." }),
    yearTo: t.int({ description: "`year` is this year or earlier. Works of unknown year do not match." }),
    categories: t.stringList({
      description:
        "The primary category or a cross category of the work's `paper` is any of these. An empty list matches nothing.",
    }),
    stored: t.boolean({ description: "Whether a paper of the work is stored." }),
  }),
});

export type WorkFilter = typeof WorkFilterInput.$inferInput;

/** The condition of a filter on `works`; undefined if it matches everything. */
export function workCondition(
  db: Queries,
  { yearFrom, yearTo, categories, stored }: WorkFilter,
): SQL | undefined {
  const ofPaper = categoriesCondition(categories);
  return and(
    typeof yearFrom === "number" ? gte(works.year, yearFrom) : undefined,
    typeof yearTo === "number" ? lte(works.year, yearTo) : undefined,
    ofPaper === undefined
      ? undefined
      : inArray(works.paperId, db.select({ paperId: papers.paperId }).from(papers).where(ofPaper)),
    typeof stored === "boolean" ? (stored ? isNotNull(works.paperId) : isNull(works.paperId)) : undefined,
  );
}
