import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import {
  categoriesOfPaper,
  checkResult,
  claimWords,
  instant,
  isOtherKind,
  paperWords,
  proof,
  sha256,
} from "./columns.ts";

/**
 * Derived: one row for each paper with a known canonical record and at least one stored event. `paper_id` is a hash of
 * the Pith number, so that it is the same on every mirror, whatever arrived first.
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
    /** Categories are indexed, so each is truncated to 500 UTF-16 units. */
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
    /** The record's effective proof; `hash` if no event contains it. Below `receipt` it joins no other work. */
    recordStanding: proof("record_standing").notNull(),
    /** The effective proof of the displayed data: of the current snapshot, else of the record. */
    proof: proof("proof").notNull(),

    claimCount: integer("claim_count").notNull(),
    /** The count in the snapshot; null if it is missing, or beyond the numbers that clients can read. */
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

/**
 * Derived: look-up keys of a paper: `pith:` and the first eight characters of the suffix, `arxiv:` and the id without
 * version, `doi:` and the DOI in lower case. Several papers may share a key.
 */
export const paperKeys = pgTable(
  "paper_keys",
  {
    key: text("key").notNull(),
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.paperId] }),
    index("paper_keys_paper_id").on(table.paperId),
  ],
);

/** Derived: the claims of a paper's current snapshot, in its order. */
export const claims = pgTable(
  "claims",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** From 0. */
    ordinal: integer("ordinal").notNull(),
    claimId: text("claim_id").notNull(),
    /** As the snapshot spells it: `strongest_claim`, … */
    kind: text("kind").notNull(),
    text: text("text").notNull(),
    status: text("status").notNull(),
    attestation: text("attestation").notNull(),
    source: text("source"),
  },
  (table) => [
    primaryKey({ columns: [table.paperId, table.ordinal] }),
    // A page of a named kind is filled from the first rows, since every snapshot has one; other kinds may be anywhere.
    index("claims_other_kind").on(table.paperId, table.ordinal).where(isOtherKind),
    index("claims_words").using("gin", claimWords(table)),
  ],
);

/**
 * Derived: the references that a paper's current snapshot lists, in its order, and so the edges of the citation graph:
 * `citations` and `citing_papers` are views of this table.
 *
 * The columns are ordered by size, so that none is padded; the order of `references_cited` is that of the pages of
 * papers that cite a work.
 */
export const references = pgTable(
  "references",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    /** That of the paper: part of its hashed record, so it never changes. */
    submittedAt: instant("submitted_at").notNull(),
    /** The ids of the DOI and the work id that it names (see `work_identifiers`), whichever decides what it cites. */
    doiId: bigint("doi_id", { mode: "bigint" }),
    workUuidId: bigint("work_uuid_id", { mode: "bigint" }),
    /** From 0. */
    ordinal: integer("ordinal").notNull(),
    refIndex: integer("ref_index").notNull(),
    year: integer("year"),
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
    /** Whether it names a valid arXiv id. It then cites the work of that id, and `cited_work_id` is the id's own id. */
    hasArxivId: boolean("has_arxiv_id").notNull(),
    title: text("title"),
    /** As written in the snapshot; null if empty. */
    doi: text("doi"),
    citedArxivId: text("cited_arxiv_id"),
  },
  (table) => [
    primaryKey({ columns: [table.paperId, table.ordinal] }),
    index("references_cited").on(table.citedWorkId, table.submittedAt, table.paperId),
    index("references_doi_id").on(table.doiId).where(sql`doi_id IS NOT NULL`),
    index("references_work_uuid_id").on(table.workUuidId).where(sql`work_uuid_id IS NOT NULL`),
  ],
);
