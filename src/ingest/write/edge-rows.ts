import type { GraphEdge } from "../../store/graph-payload.ts";
import type { Cell } from "../../store/rows.ts";
import { inKeyOrder } from "./row-order.ts";
import type { WriteSession } from "./session.ts";

/** Edges that are new, that are marked otherwise, and that are gone. */
export type EdgeRows = {
  readonly added: readonly GraphEdge[];
  readonly changed: readonly GraphEdge[];
  readonly dropped: readonly Omit<GraphEdge, "isInternalAnchor">[];
};

/** Writes edges: where the tables are distributed by who cites and by who is cited, else once. */
export function storeEdges(session: WriteSession, rows: EdgeRows): void {
  storeIn(session, "citations", ["citing_work_id", "cited_work_id"], rows);
  if (session.areDistributed) {
    storeIn(session, "citations_by_cited", ["cited_work_id", "citing_work_id"], rows);
  }
}

/** `key` is the table's primary key. */
function storeIn(
  session: WriteSession,
  table: string,
  key: readonly ("citing_work_id" | "cited_work_id")[],
  { added, changed, dropped }: EdgeRows,
): void {
  session.remove(
    table,
    ["citing_work_id", "cited_work_id"],
    dropped.map(({ citingWorkId, citedWorkId }) => [citingWorkId, citedWorkId]),
  );
  // The papers of a batch come in the order of their keys; an index by who is cited is met in order as well this way.
  const ordered = inKeyOrder(added, ({ citedWorkId }) => citedWorkId);
  session.insertOf(table, columns, ordered, cellsOf);
  session.upsert(
    table,
    columns,
    changed.map(cellsOf),
    `ON CONFLICT (${key.join(", ")}) DO UPDATE SET is_internal_anchor = excluded.is_internal_anchor`,
  );
}

const columns = ["citing_work_id", "cited_work_id", "is_internal_anchor"];

function cellsOf({ citingWorkId, citedWorkId, isInternalAnchor }: GraphEdge): Cell[] {
  return [citingWorkId, citedWorkId, isInternalAnchor];
}
