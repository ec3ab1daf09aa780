import type pg from "pg";
import type { TotalName } from "../../store/tables/index.ts";

/** Adds to the kept counts. Each name given has a row afterwards, also where it counts nothing. */
export async function addToTotals(
  client: pg.ClientBase,
  changes: Partial<Record<TotalName, number>>,
): Promise<void> {
  const entries = Object.entries(changes);
  await client.query(
    `INSERT INTO totals (name, value) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (name) DO UPDATE SET value = totals.value + excluded.value WHERE excluded.value <> 0`,
    [entries.map(([name]) => name), entries.map(([, change]) => change)],
  );
}
