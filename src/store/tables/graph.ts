import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, pgView, primaryKey, text } from "drizzle-orm/pg-core";
import { bytea, identifierKind, instant, proof } from "./columns.ts";

/**
 * Derived: the vertices of the citation graph. A work is identified by its arXiv id, else its DOI, else its work id;
 * `work_id` is a hash of that key, so that it is the same on every mirror.
 *
 * A paper with an unproved record is a work of its own (`pith:…`), and so is a reference without an identifier
 * (`reference:…`).
 */
export const works = pgTable(
  "works",
  {
    workId: bigint("work_id", { mode: "bigint" }).primaryKey(),
    /** `arxiv:2302.12192`, `doi:10.1103/…`, `work_id:<uuid>`, `pith:<number>`, `reference:<number>#<ordinal>`. */
    key: text("key").notNull(),
    /** The paper that represents the work: see row-rules/paper-order.ts. Null if none is stored. */
    paperId: bigint("paper_id", { mode: "bigint" }),
    /** From the reference with the best proof; the paper's own title if one is stored. */
    title: text("title"),
    /** Of the stored paper; else of its arXiv id; else from the reference that gave the title. */
    year: integer("year"),
    /** The year in the reference that gave the title. */
    statedYear: integer("stated_year"),
    /** Effective proof of the reference that gave the title; null if there is none. */
    titleStanding: proof("title_standing"),
    titlePaperId: bigint("title_paper_id", { mode: "bigint" }),
    titleOrdinal: integer("title_ordinal"),
    /** Maintained count: rows of `citations` with this work as cited. */
    citedByCount: integer("cited_by_count").notNull(),
    /** Maintained count: the different papers in `citing_papers`. */
    citingPaperCount: integer("citing_paper_count").notNull(),
    /** Maintained count: rows of `citations` with this work as citing. */
    referenceCount: integer("reference_count").notNull(),
    /** Maintained count: rows of `citations` from other works to this one that are marked as internal anchors. */
    anchoredWorkCount: integer("anchored_work_count").notNull().default(0),
  },
  (table) => [
    index("works_cited_by_count").on(table.citedByCount, table.workId),
    // The first anchor to a work removes it from this index; later changes of its counts do not touch the index.
    index("works_never_anchors")
      .on(table.citedByCount, table.workId)
      .where(sql`anchored_work_count = 0 AND paper_id IS NOT NULL`),
  ],
);

/**
 * Derived: the identifiers in stored papers and references, and the work that each identifies.
 *
 * An arXiv id identifies itself. A DOI resolves to the arXiv id that references give with it, a work id (UUID) to the
 * arXiv id or else the DOI, by majority: of the papers that contain the identifier, those with the best proof are
 * counted, including those that contain it alone. On a tie an arXiv id precedes a DOI, both precede no target, and then
 * the smallest `target_id` wins. So two arXiv ids are never one work, whatever a reference says; weaker proof displaces
 * nothing; one paper among many moves no citation; and evidence can be retracted.
 */
export const workIdentifiers = pgTable(
  "work_identifiers",
  {
    /** Hash of kind and value. */
    identifierId: bigint("identifier_id", { mode: "bigint" }).primaryKey(),
    kind: identifierKind("kind").notNull(),
    /** arXiv id without version; DOI in lower case; UUID as written. */
    value: text("value").notNull(),
    /** The identifier that it resolves to; null if none is known. */
    targetId: bigint("target_id", { mode: "bigint" }),
    targetKind: identifierKind("target_kind"),
    /** Effective proof of the papers that decide; null if all papers contain the identifier alone. */
    targetStanding: proof("target_standing"),
    workId: bigint("work_id", { mode: "bigint" }).notNull(),
    /**
     * The votes as JSON, if the deciding papers disagree. A list of `[target_id, target_kind, papers]`, the winner
     * first; the first two are null for papers that contain the identifier alone.
     */
    voices: text("voices"),
  },
  (table) => [
    index("work_identifiers_work_id").on(table.workId),
    index("work_identifiers_target_id").on(table.targetId),
  ],
);

/** The edges of the citation graph, each once, from all stored versions of the citing work. A work may cite itself. */
export const citations = pgView("citations", {
  citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
  citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
  /** Whether any of the references behind the edge is marked as an internal anchor. */
  isInternalAnchor: boolean("is_internal_anchor").notNull(),
}).as(
  sql`SELECT p.work_id AS citing_work_id, r.cited_work_id, bool_or(r.is_internal_anchor) AS is_internal_anchor FROM "references" r JOIN papers p USING (paper_id) GROUP BY p.work_id, r.cited_work_id`,
);

/**
 * The stored papers that cite a work; a paper that lists the work twice comes twice, adjacent in `references_cited`.
 * `citedBy` pages through them, newest first, with its last page as fast as its first. If the tables are distributed,
 * this is a view of `citations_by_cited` (store/distribute).
 */
export const citingPapers = pgView("citing_papers", {
  citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
  submittedAt: instant("submitted_at").notNull(),
  paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
}).as(sql`SELECT cited_work_id, submitted_at, paper_id FROM "references"`);

/**
 * Derived: a copy of `citations`, if the tables are distributed: the works that a work cites are then read from one
 * shard. Empty on one server, as is `citations_by_cited` (store/table-layout).
 */
export const citationsByCiting = pgTable(
  "citations_by_citing",
  {
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.citingWorkId, table.citedWorkId] })],
);

/** Derived: likewise the papers that cite a work, each once, and their works. */
export const citationsByCited = pgTable(
  "citations_by_cited",
  {
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    submittedAt: instant("submitted_at").notNull(),
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.citedWorkId, table.submittedAt, table.paperId] })],
);

/**
 * The changes of the citation graph, which graphs in memory follow. Positions are in commit order and without gaps; a
 * large transaction has several rows, which become visible together.
 *
 * Old rows are deleted: a follower that is further behind reloads the graph, as all do at a row without a payload.
 */
export const graphChanges = pgTable("graph_changes", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  /** The position of the last row of the same transaction. */
  transactionEnd: bigint("transaction_end", { mode: "bigint" }).notNull(),
  /** Packed by store/graph-feed.ts; null if everything may have changed. */
  payload: bytea("payload"),
  /** Total bytes of all payloads up to this one, including deleted rows: decides which rows to prune. */
  bytesUntil: bigint("bytes_until", { mode: "bigint" }).notNull(),
  changedAt: instant("changed_at").notNull(),
});
