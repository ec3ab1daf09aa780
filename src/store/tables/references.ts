import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/**
 * Derived: the references that a paper's current snapshot lists, in its order.
 *
 * `arxiv_id`, `doi_id` and `work_uuid_id` are the ids of the identifiers that the reference names (see
 * `work_identifiers`), whichever of them decides which work it cites.
 *
 * No index leads from a work to the references that name it: `citing_papers` leads to their papers.
 */
export const references = pgTable(
  "references",
  {
    paperId: bigint("paper_id", { mode: "bigint" }).notNull(),
    /** From 0. */
    ordinal: integer("ordinal").notNull(),
    refIndex: integer("ref_index").notNull(),
    title: text("title"),
    year: integer("year"),
    /** As written in the snapshot; null where empty. */
    doi: text("doi"),
    citedArxivId: text("cited_arxiv_id"),
    isInternalAnchor: boolean("is_internal_anchor").notNull(),
    arxivId: bigint("arxiv_id", { mode: "bigint" }),
    doiId: bigint("doi_id", { mode: "bigint" }),
    workUuidId: bigint("work_uuid_id", { mode: "bigint" }),
    citedWorkId: bigint("cited_work_id", { mode: "bigint" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.paperId, table.ordinal] }),
    index("references_doi_id").on(table.doiId).where(sql`doi_id IS NOT NULL`),
    index("references_work_uuid_id").on(table.workUuidId).where(sql`work_uuid_id IS NOT NULL`),
  ],
);
