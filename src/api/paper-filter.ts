import { and, eq, gte, ilike, inArray, isNotNull, lt, type SQL, sql } from "drizzle-orm";
import { categoriesOfPaper, paperNames, papers, type Queries, works } from "../store/index.ts";
import { builder } from "./builder.ts";
import { badUserInput } from "./errors.ts";
import { ProofEnum } from "./scalars-and-enums.ts";

/** Whether PostgreSQL can store this text: it does not allow U+0000, so no stored text contains one. */
export function isStorable(text: string): boolean {
  return !text.includes("\u0000");
}

/** A LIKE pattern for texts that contain this one. */
function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

/** A search text in the form of stored texts: composed characters (NFC), white space collapsed. */
function comparableText(text: string): string {
  return text.normalize("NFC").replace(/[\s\p{Z}\p{Cc}]+/gu, " ");
}

export const PaperFilterInput = builder.inputType("PaperFilter", {
  description: "Selects papers that meet all conditions. An absent or null condition matches everything.",
  fields: (t) => ({
    categories: t.stringList({
      description:
        "The primary category or a cross category is any of these, such as `cs.LG`. An empty list matches nothing.",
    }),
    yearFrom: t.int({ description: "The paper was submitted in this year (UTC) or later." }),
    yearTo: t.int({ description: "The paper was submitted in this year (UTC) or earlier." }),
    titleContains: t.string({
      description:
        "`title` contains this text. Case and the encoding of white space are ignored; accents are not.",
    }),
    minCitedBy: t.int({ description: "The `work.citedByCount` of the paper is at least this number." }),
    proof: t.field({ type: ProofEnum, description: "`verification.proof` equals this value." }),
    isAnchor: t.boolean({
      description:
        "Whether another work cites the paper's work through an internal anchor (`Reference.isInternalAnchor`).",
    }),
    hasEquivocations: t.boolean({ description: "Whether the paper has equivocations." }),
  }),
});

export type PaperFilter = typeof PaperFilterInput.$inferInput;

/**
 * A filter's condition on `papers`; undefined if it matches everything. The condition on works is a subquery:
 * PostgreSQL plans it like a join, and Citus runs it first, since works may be on other servers.
 */
export function paperCondition(db: Queries, filter: PaperFilter): SQL | undefined {
  const { categories, yearFrom, yearTo, titleContains, proof, hasEquivocations } = filter;
  const onWorks = citedWorkCondition(filter);
  return and(
    categoriesCondition(categories),
    isGiven(yearFrom) ? gte(papers.submittedAt, startOfYear("yearFrom", yearFrom)) : undefined,
    isGiven(yearTo) ? lt(papers.submittedAt, startOfYear("yearTo", yearTo, 1)) : undefined,
    isGiven(titleContains) ? titleCondition(titleContains) : undefined,
    onWorks === undefined
      ? undefined
      : inArray(
          papers.workId,
          db
            .select({ workId: works.workId })
            .from(works)
            .where(and(isNotNull(works.paperId), onWorks)),
        ),
    proofCondition(proof),
    isGiven(hasEquivocations)
      ? hasEquivocations
        ? // Written out: PostgreSQL must see that the partial index contains all of them.
          sql`${papers.equivocationCount} > 0`
        : eq(papers.equivocationCount, 0)
      : undefined,
  );
}

/** A filter's condition on `works`; undefined if there is none. */
export function citedWorkCondition({ minCitedBy, isAnchor }: PaperFilter): SQL | undefined {
  return and(
    isGiven(minCitedBy) && minCitedBy > 0 ? gte(works.citedByCount, minCitedBy) : undefined,
    isGiven(isAnchor)
      ? // Written out for the same reason.
        sql`${works.anchoredWorkCount} ${sql.raw(isAnchor ? ">" : "=")} 0`
      : undefined,
  );
}

/** Matches any of the categories; undefined for null. */
export function categoriesCondition(categories: readonly string[] | null | undefined): SQL | undefined {
  if (!isGiven(categories)) return undefined;
  const stored = categories.filter(isStorable);
  if (stored.length === 0) return sql`false`;
  return sql`${categoriesOfPaper(papers)} && ${sql.param(stored)}::text[]`;
}

export function proofCondition(proof: PaperFilter["proof"]): SQL | undefined {
  return isGiven(proof) ? eq(papers.proof, proof) : undefined;
}

function titleCondition(text: string): SQL {
  if (!isStorable(text)) return sql`false`;
  const pattern = containsPattern(comparableText(text));
  // The second condition is redundant, but the trigram index covers it if three letters or digits are adjacent.
  return and(
    ilike(papers.title, pattern),
    /[\p{L}\p{N}]{3}/u.test(text) ? ilike(paperNames(papers), pattern) : undefined,
  ) as SQL;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

function startOfYear(argument: string, year: number, later = 0): string {
  if (year < 1 || year > 9999) throw badUserInput(`\`${argument}\` must be a year from 1 to 9999.`);
  return `${String(year + later).padStart(4, "0")}-01-01T00:00:00Z`;
}
