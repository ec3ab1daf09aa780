import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { bytea, identifierKind, instant, proof } from "./columns.ts";

/**
 * Derived: the vertices of the citation graph. A work is known by its arXiv id, else its DOI, else its work id;
 * `work_id` is a hash of that key, so that it is the same on every mirror.
 *
 * A paper whose record nobody proved is a work of its own (`pith:…`), and so is a reference that names no
 * identifier (`reference:…`).
 */
export const works = pgTable(
  "works",
  {
    workId: bigint("work_id", { mode: "bigint" }).primaryKey(),
    /** `arxiv:2302.12192`, `doi:10.1103/…`, `work_id:<uuid>`, `pith:<number>`, `reference:<number>#<ordinal>`. */
    key: text("key").notNull(),
    /** The paper that stands for it: see store/paper-order.ts. Null where none is stored. */
    paperId: bigint("paper_id", { mode: "bigint" }),
    /** As the best proved reference to it has it; the paper's own where one is held. */
    title: text("title"),
    /** Of the paper held; else of its arXiv id; else as the reference that gave the title has it. */
    year: integer("year"),
    /** The year that the reference which gave the title states. */
    statedYear: integer("stated_year"),
    /** Which reference gave the title; null where none did. */
    titleStanding: proof("title_standing"),
    titlePaperId: bigint("title_paper_id", { mode: "bigint" }),
    titleOrdinal: integer("title_ordinal"),
    /** Kept: rows of `citations` in which it is cited. */
    citedByCount: integer("cited_by_count").notNull(),
    /** Kept: rows of `citing_papers`. */
    citingPaperCount: integer("citing_paper_count").notNull(),
    /** Kept: rows of `citations` in which it cites. */
    referenceCount: integer("reference_count").notNull(),
    /** Kept: rows of `citations` in which another work cites it, and that are marked as internal anchors. */
    anchoredWorkCount: integer("anchored_work_count").notNull().default(0),
  },
  (table) => [
    index("works_cited_by_count").on(table.citedByCount, table.workId),
    // A work leaves it with the first that is anchored in it; from then on its counts change without it.
    index("works_never_anchors")
      .on(table.citedByCount, table.workId)
      .where(sql`anchored_work_count = 0 AND paper_id IS NOT NULL`),
  ],
);

/**
 * Derived: the identifiers that held papers and references name, and the work that each stands for.
 *
 * An arXiv id stands for itself. A DOI stands for the arXiv id that references name beside it, a work id (UUID) for the
 * arXiv id or else the DOI, where most papers say so: of the papers that name the identifier, those of the best proof
 * are counted, also those that name it alone. Of equally many an arXiv id counts before a DOI, both before nothing, and
 * then the smallest `target_id`. So two arXiv ids are never one work, whatever a reference says; what is proved less
 * displaces nothing; one paper among many moves no citation; and evidence can be taken back.
 */
export const workIdentifiers = pgTable(
  "work_identifiers",
  {
    /** A hash of kind and value. */
    identifierId: bigint("identifier_id", { mode: "bigint" }).primaryKey(),
    kind: identifierKind("kind").notNull(),
    /** arXiv id without version; DOI in lower case; UUID as written. */
    value: text("value").notNull(),
    /** The identifier it stands for; null where none is known. */
    targetId: bigint("target_id", { mode: "bigint" }),
    targetKind: identifierKind("target_kind"),
    /** Of the papers that decide; null where all papers name it alone. */
    targetStanding: proof("target_standing"),
    workId: bigint("work_id", { mode: "bigint" }).notNull(),
    /**
     * Where the papers that decide do not all say the same: what they say, as JSON. A list of `[target_id, target_kind,
     * papers]`, what decides first; the first two are null for papers that name it alone.
     */
    voices: text("voices"),
  },
  (table) => [
    index("work_identifiers_work_id").on(table.workId),
    index("work_identifiers_target_id").on(table.targetId),
  ],
);

/** Derived: the edges of the citation graph, each once. A work may cite itself. */
export const citations = pgTable(
  "citations",
  {
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    /** Whether any of the references behind the edge is marked as an internal anchor. */
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.citingWorkId, table.citedWorkId] }),
    index("citations_cited_work_id").on(table.citedWorkId, table.citingWorkId),
  ],
);

/**
 * Derived: `citations` once more, by who is cited, where the tables are distributed: who cites a work is then read from
 * one shard. On one server, where an index of `citations` does the same, it is empty (store/layout).
 */
export const citationsByCited = pgTable(
  "citations_by_cited",
  {
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    citingWorkId: bigint("citing_work_id", { mode: "bigint" }).notNull(),
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
  },
  (table) => [primaryKey({ columns: [table.citedWorkId, table.citingWorkId] })],
);

/**
 * Derived: the papers held whose references name a work, by that work: what `citedBy` pages through, newest
 * first, at the same speed on its last page as on its first.
 */
export const citingPapers = pgTable(
  "citing_papers",
  {
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
    submittedAt: instant("submitted_at").notNull(),
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.citedWorkId, table.submittedAt, table.paperId] })],
);

/**
 * How the citation graph changed: what graphs in memory follow. Positions are in the order of the commits and without
 * gaps; a transaction that changed much has several rows, and none of them is to be seen without the others.
 *
 * Old rows are deleted: who is further behind loads the graph anew. So does everybody at a row without a payload.
 */
export const graphChanges = pgTable("graph_changes", {
  position: bigint("position", { mode: "bigint" }).primaryKey(),
  /** The position of the last row of the same transaction. */
  transactionEnd: bigint("transaction_end", { mode: "bigint" }).notNull(),
  /** As store/graph-payload.ts packs it; null where everything may be another than before. */
  payload: bytea("payload"),
  /** The bytes of all payloads up to this one, also of those deleted since: what old rows are counted by. */
  bytesUntil: bigint("bytes_until", { mode: "bigint" }).notNull(),
  changedAt: instant("changed_at").notNull(),
});
