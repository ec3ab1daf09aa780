import { type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

/*
 * What is searched and filtered by: expressions that are indexed, and that statements must use as they stand here for the index to be
 * used. Nothing of it is stored in the tables, so ingest and rebuild know nothing of it. The functions are those of
 * drizzle/0000_baseline.sql.
 */

type Columns<Names extends string> = Readonly<Record<Names, AnyPgColumn>>;

/** The words of a paper: of its title (weight A), of its authors (B), of its abstract (D). A tsvector. */
export function paperWords({
  title,
  authors,
  abstractExcerpt,
}: Columns<"title" | "authors" | "abstractExcerpt">): SQL {
  return sql`pith_graph_paper_words(${title}, ${authors}, ${abstractExcerpt})`;
}

/** The words of a claim. A tsvector. */
export function claimWords({ text }: Columns<"text">): SQL {
  return sql`to_tsvector('simple', pith_graph_words(${text}))`;
}

/** Title and authors, for likeness by trigrams: indexed where the server has pg_trgm. A text. */
export function paperNames({ title, authors }: Columns<"title" | "authors">): SQL {
  return sql`pith_graph_names(${title}, ${authors})`;
}

/** The primary category and the others. A text[]. */
export function categoriesOfPaper({
  primaryCategory,
  crossCategories,
}: Columns<"primaryCategory" | "crossCategories">): SQL {
  return sql`array_prepend(${primaryCategory}, ${crossCategories})`;
}

/** The claim kinds that have a name of their own; a snapshot has one claim of each. */
export const namedClaimKinds = [
  "strongest_claim",
  "weakest_assumption",
  "one_line_summary",
  "headline",
] as const;

// Conditions of partial indexes: written out, since PostgreSQL proves nothing about parameters.
export const isOtherKind = sql.raw(`kind NOT IN (${namedClaimKinds.map((kind) => `'${kind}'`).join(", ")})`);
export const isOfRareType = sql.raw("type NOT IN ('record_created', 'graph_snapshot')");
export const isNotCurrent = sql.raw("status <> 'current'");
