import { type SQL, sql } from "drizzle-orm";
import { type AnyPgColumn, customType, pgEnum } from "drizzle-orm/pg-core";

/** A SHA-256 as 32 bytes in the table and lower-case hex in the program. */
export const sha256 = customType<{ data: string; driverData: Buffer }>({
  dataType: () => "bytea",
  toDriver: (hex) => Buffer.from(hex, "hex"),
  fromDriver: (bytes) => bytes.toString("hex"),
});

export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** An instant to the microsecond, as in PostgreSQL: `YYYY-MM-DDTHH:MM:SS.ffffffZ` in the program. */
export const instant = customType<{ data: string; driverData: string }>({
  dataType: () => "timestamp (6) with time zone",
  fromDriver: instantFromDriver,
});

/** Parses `2023-02-23 17:34:53.5+00`, the form in which a UTC session prints an instant. */
export function instantFromDriver(text: string): string {
  const [, date = "", time = "", fraction = ""] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  if (date === "") throw new Error(`PostgreSQL printed a time in a form that is not UTC: ${text}`);
  return `${date.padStart(10, "0")}T${time}.${fraction.padEnd(6, "0")}Z`;
}

/** Lowest first, so that the database orders proofs as the protocol does. */
export const proof = pgEnum("proof", ["hash", "receipt", "signed"]);

export const checkResult = pgEnum("check_result", ["PASSED", "FAILED", "NOT_CHECKABLE"]);

export const eventStatus = pgEnum("event_status", ["current", "superseded", "not_applied", "invalid"]);

export const identifierKind = pgEnum("identifier_kind", ["arxiv", "doi", "work_id"]);

/*
 * Expressions that are indexed for search and filters. A statement must use exactly these, or the index is not used.
 * They are not stored in the tables: ingest and rebuild ignore them. The functions are in drizzle/0000_baseline.sql.
 */

type Columns<Names extends string> = Readonly<Record<Names, AnyPgColumn>>;

/** The words of a paper: of its title (weight A), its authors (B) and its abstract (D). A tsvector. */
export function paperWords({
  title,
  authors,
  abstractExcerpt,
}: Columns<"title" | "authors" | "abstractExcerpt">): SQL {
  return sql`pith_graph_paper_words(${title}, ${authors}, ${abstractExcerpt})`;
}

/** The words of a claim. A tsvector. */
export function claimWords({ text }: Columns<"text">): SQL {
  return sql`pith_graph_claim_words(${text})`;
}

/** Title and authors, for trigram similarity: indexed if the server has pg_trgm. A text. */
export function paperNames({ title, authors }: Columns<"title" | "authors">): SQL {
  return sql`pith_graph_names(${title}, ${authors})`;
}

/** The primary category and the cross-listed ones. A text[]. */
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

// Conditions of partial indexes. Written as literals, since the planner cannot match parameters to an index condition.
export const isOtherKind = sql.raw(`kind NOT IN (${namedClaimKinds.map((kind) => `'${kind}'`).join(", ")})`);
export const isOfRareType = sql.raw("type NOT IN ('record_created', 'graph_snapshot')");
export const isNotCurrent = sql.raw("status <> 'current'");
