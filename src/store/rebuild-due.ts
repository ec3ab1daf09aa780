import type pg from "pg";

/**
 * Why the derived tables are to be recomputed from the log: a migration marks it where this version derives other rows
 * than those that are stored. Null where they are as this version makes them.
 */
export async function readRebuildDue(client: Pick<pg.Pool, "query">): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM settings WHERE name = 'rebuild_due'",
  );
  return rows[0]?.value ?? null;
}

/** Takes the mark away, in the transaction of the rebuild. */
export async function clearRebuildDue(client: Pick<pg.ClientBase, "query">): Promise<void> {
  await client.query("DELETE FROM settings WHERE name = 'rebuild_due'");
}
