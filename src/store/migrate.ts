import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { Database } from "./database.ts";
import { isConflict } from "./server-fault.ts";
import { writeLock } from "./write-lock.ts";
import { waitForWriteLock } from "./write-lock-wait.ts";

const migrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** Any constant: who else migrates this database waits for it. */
export const migrationLock = 7_484_001;

/** How the tables of a database stand to the migrations of this software. */
export type SchemaState = {
  /** `ahead`: a newer version of the software has migrated it. */
  readonly state: "current" | "behind" | "ahead";
  /** The migrations that are still to be run, oldest first. */
  readonly pending: readonly string[];
};

/** The tables are those of a newer version of the software. */
export class NewerSchemaError extends Error {
  override readonly name = "NewerSchemaError";

  constructor() {
    super(
      "This database was migrated by a newer version of pith-graph. Run that version, or restore a backup from before it.",
    );
  }
}

const mostAttempts = 10;

/**
 * Brings the tables up to date with the committed migrations, in one transaction. Several processes may call it at
 * once: one does it, the others wait. Throws NewerSchemaError, and then changes nothing. `onWait` is told what for.
 *
 * @returns the migrations that were run.
 */
export async function migrateDatabase(
  { pool }: Pick<Database, "pool">,
  onWait: (line: string) => void = () => {},
): Promise<readonly string[]> {
  for (let nth = 1; ; nth++) {
    try {
      return await migrateOnce(pool, onWait);
    } catch (error) {
      // A writer of new papers has written to their tables before it waits for the lock: it goes first then.
      if (!isConflict(error) || nth >= mostAttempts) throw error;
    }
  }
}

async function migrateOnce(pool: pg.Pool, onWait: (line: string) => void): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    await lock(client, migrationLock, () =>
      onWait("waiting for another process that looks after the tables"),
    );
    const { state, pending } = await readSchemaState(client);
    if (state === "ahead") throw new NewerSchemaError();
    if (state === "behind") {
      // A batch under way is waited for before any table is locked: it reads by a second connection, which would wait for
      // the migration while that waits for the batch. The next one comes after.
      const onWriter = () => onWait("waiting for what is being written, then the tables are changed");
      await waitForWriteLock(pool, () => lock(client, writeLock, onWriter));
      await migrate(drizzle(client), { migrationsFolder });
    }
    return pending;
  } finally {
    // Ending the session frees the locks, whatever state a failed migration left it in.
    client.release(true);
  }
}

async function lock(client: pg.ClientBase, key: number, onWait: () => void): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [key]);
  if (rows[0]?.taken === true) return;
  onWait();
  await client.query("SELECT pg_advisory_lock($1)", [key]);
}

/** Compares the database with the committed migrations, by when they were made. Changes nothing. */
export async function readSchemaState(client: Pick<pg.ClientBase, "query">): Promise<SchemaState> {
  const applied = await lastApplied(client);
  const known = committedMigrations();
  const pending = known.filter(({ when }) => when > applied).map(({ tag }) => tag);
  const newest = known.at(-1)?.when ?? 0;
  return { state: applied > newest ? "ahead" : pending.length > 0 ? "behind" : "current", pending };
}

type Migration = { readonly tag: string; readonly when: number };

let committed: readonly Migration[] | undefined;

function committedMigrations(): readonly Migration[] {
  committed ??= (
    JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, "utf8")) as {
      entries: readonly Migration[];
    }
  ).entries;
  return committed;
}

/** When the last migration that was run had been made; 0 in an empty database. */
async function lastApplied(client: Pick<pg.ClientBase, "query">): Promise<number> {
  try {
    const { rows } = await client.query<{ last: string | null }>(
      "SELECT max(created_at) AS last FROM drizzle.__drizzle_migrations",
    );
    return Number(rows[0]?.last ?? 0);
  } catch (error) {
    // No such schema, no such table.
    if (error instanceof pg.DatabaseError && (error.code === "3F000" || error.code === "42P01")) return 0;
    throw error;
  }
}
