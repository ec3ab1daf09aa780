import type pg from "pg";
import type { TotalName } from "../../store/tables/index.ts";

/** Adds to the kept counts. */
export async function addToTotals(
  client: pg.ClientBase,
  changes: Partial<Record<TotalName, number>>,
): Promise<void> {
  const entries = Object.entries(changes).filter(([, change]) => change !== 0);
  if (entries.length === 0) return;
  await client.query(
    `INSERT INTO totals (name, value) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value`,
    [entries.map(([name]) => name), entries.map(([, change]) => change)],
  );
}
