import { sql } from "drizzle-orm";
import { bigint, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { checkResult, instant, proof, sha256 } from "./columns.ts";
import { categoriesOfPaper, paperWords } from "./search-expressions.ts";

/**
 * Derived, one row for each paper whose canonical record is known and of which an event is held. `paper_id` is a hash of the Pith number, so
 * that it is the same on every mirror, whatever came first.
 */
export const papers = pgTable(
  "papers",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).primaryKey(),
    pithNumber: text("pith_number").notNull(),
    canonicalSha256: sha256("canonical_sha256").notNull(),
    workId: bigint("work_id", { mode: "bigint" }).notNull(),

    sourceKind: text("source_kind").notNull(),
    sourceId: text("source_id").notNull(),
    sourceVersion: integer("source_version"),
    submittedAt: instant("submitted_at").notNull(),
    license: text("license"),
    /** Categories are indexed: cut off after 500 UTF-16 units. */
    primaryCategory: text("primary_category"),
    crossCategories: text("cross_categories").array().notNull(),

    title: text("title"),
    authors: text("authors").array().notNull(),
    abstractExcerpt: text("abstract_excerpt"),
    headline: text("headline"),
    /** Canonical text of the snapshot's verdict. */
    verdict: text("verdict"),

    /** The current record_created and graph_snapshot. */
    recordEventId: sha256("record_event_id"),
    snapshotEventId: sha256("snapshot_event_id"),
    /** The standing of the record; `hash` where no event tells it. A record below `receipt` joins nothing. */
    recordStanding: proof("record_standing").notNull(),
    /** The standing of what is shown: of the current snapshot, else of the record. */
    proof: proof("proof").notNull(),

    claimCount: integer("claim_count").notNull(),
    /** What the snapshot counts; null where it does not say, or not in a number that a client can read. */
    referencesAsserted: integer("references_asserted"),
    resolvedWorksAsserted: integer("resolved_works_asserted"),
    internalAnchorsAsserted: integer("internal_anchors_asserted"),
    /** The references listed here, and those of them marked as internal anchors. */
    referencesKnown: integer("references_known").notNull(),
    internalAnchorsKnown: integer("internal_anchors_known").notNull(),

    stateSha256: sha256("state_sha256").notNull(),
    eventCount: integer("event_count").notNull(),
    validEventCount: integer("valid_event_count").notNull(),
    equivocationCount: integer("equivocation_count").notNull(),

    recordHash: checkResult("record_hash").notNull(),
    receipt: checkResult("receipt").notNull(),
    titleBinding: checkResult("title_binding").notNull(),
    claimsHash: checkResult("claims_hash").notNull(),
    referencesHash: checkResult("references_hash").notNull(),
    publishedStateHash: checkResult("published_state_hash").notNull(),
  },
  (table) => [
    index("papers_submitted_at").on(table.submittedAt, table.paperId),
    index("papers_work_id").on(table.workId, table.paperId),
    index("papers_proof").on(table.proof, table.submittedAt, table.paperId),
    index("papers_equivocations").on(table.submittedAt, table.paperId).where(sql`equivocation_count > 0`),
    index("papers_categories").using("gin", categoriesOfPaper(table)),
    index("papers_words").using("gin", paperWords(table)),
  ],
);
