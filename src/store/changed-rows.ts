import type { Cell } from "./copy-format.ts";

export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** Rows of a table: a cell for each of the columns that are named beside them. */
export type Rows = readonly (readonly Cell[])[];

/**
 * How rows that are there already travel to be changed. What is meant is the same in every form; which form is cheap
 * depends on where the rows lie. No two rows have the same key, and there is at least one.
 */
export type ChangedRows = {
  /** Inserts rows, or does with those that are there what `conflict`, an ON CONFLICT clause, says. */
  upsert(table: string, columns: readonly string[], rows: Rows, conflict: string): Statement[];
  /**
   * Changes `changed` of the columns in rows that are there. The columns hold the primary key, and whatever else of the
   * rows is at hand.
   */
  update(table: string, columns: readonly string[], rows: Rows, changed: readonly string[]): Statement[];
  /** Deletes rows; the columns are those of the primary key, in any order. */
  remove(table: string, columns: readonly string[], rows: Rows): Statement[];
};
