import { readFile } from "node:fs/promises";
import type { Database } from "./database.ts";

/** How the tables of a database stand to the migrations that this version brings. */
export type SchemaState = {
  readonly state: "absent" | "older" | "current" | "newer";
  /** Migrations of this version that were applied, and how many it has. */
  readonly applied: number;
  readonly known: number;
};

const journal = new URL("../../drizzle/meta/_journal.json", import.meta.url);

/** Reads only, and needs no more than the right to read. */
export async function readSchemaState({ pool }: Pick<Database, "pool">): Promise<SchemaState> {
  const { entries } = JSON.parse(await readFile(journal, "utf8")) as { entries: { when: number }[] };
  const known = entries.map(({ when }) => when);
  const applied = await appliedMigrations(pool);
  const last = Math.max(...known);
  const missing = known.filter((when) => !applied.has(when));
  const state =
    applied.size === 0
      ? "absent"
      : missing.length > 0
        ? "older"
        : Math.max(...applied) > last
          ? "newer"
          : "current";
  return { state, applied: known.length - missing.length, known: known.length };
}

/** The times by which drizzle-orm knows the migrations that it has applied. */
async function appliedMigrations(pool: Database["pool"]): Promise<Set<number>> {
  const { rows: tables } = await pool.query("SELECT to_regclass('drizzle.__drizzle_migrations') AS found");
  if ((tables[0] as { found: string | null }).found === null) return new Set();
  const { rows } = await pool.query<{ created_at: string }>(
    "SELECT created_at FROM drizzle.__drizzle_migrations",
  );
  return new Set(rows.map((row) => Number(row.created_at)));
}
