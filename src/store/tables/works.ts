import { sql } from "drizzle-orm";
import { bigint, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { proof } from "./columns.ts";

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
