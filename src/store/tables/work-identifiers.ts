import { bigint, index, pgTable, text } from "drizzle-orm/pg-core";
import { identifierKind, proof } from "./columns.ts";

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
