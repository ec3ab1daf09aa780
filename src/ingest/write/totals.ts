import type { TotalName } from "../../store/tables/index.ts";

/** The statement that adds to the kept counts. Each name given has a row afterwards, also where it counts nothing. */
export function totalsStatement(
  changes: Partial<Record<TotalName, number>>,
): [text: string, values: unknown[]] {
  const entries = Object.entries(changes);
  return [
    `INSERT INTO totals (name, value) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value WHERE excluded.value <> 0`,
    [entries.map(([name]) => name), entries.map(([, change]) => change)],
  ];
}

/** The totals that are history, and no function of the log: a rebuild leaves them, a backup holds them. In SQL. */
export const historicTotals = "('position', 'change_position', 'graph_position', 'rejected_documents')";
