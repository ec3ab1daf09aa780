import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { retry } from "../runtime/index.ts";
import type { Database } from "./database.ts";
import { buildRecordedIndexes, firstLoadLock } from "./first-load.ts";
import { isConflict } from "./server-fault.ts";
import { waitForWriteLock, writeLock } from "./write-lock.ts";

/** The committed migrations. */
const defaultMigrationsFolder = fileURLToPath(new URL("../../drizzle", import.meta.url));

/** An arbitrary constant. Other processes that migrate this database wait for this lock. */
export const migrationLock = 7_484_001;

/** How the schema of a database compares with the migrations of this version. */
export type SchemaState = {
  /** `ahead`: migrated by a newer version. `unreleased`: made by a version before 0.1.0, which cannot be migrated. */
  readonly state: "current" | "behind" | "ahead" | "unreleased";
  /** The pending migrations, oldest first. */
  readonly pending: readonly string[];
  /** How many of this version's migrations have run; 0 in an empty database. */
  readonly applied: number;
};

/** The schema is that of a newer version, or of an unreleased one. The message says what to do. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";

  constructor(state: "ahead" | "unreleased", place: string) {
    super(
      state === "ahead"
        ? "This database was migrated by a newer version of pith-graph. Run that version, or restore an older backup."
        : `The data in ${place} is from an unreleased version of pith-graph (before 0.1.0), which this version cannot read. Set PITH_GRAPH_DATA or DATABASE_URL to a new database and import the documents again, or serve the data with the old version and fetch it with \`pith-graph sync\`.`,
    );
  }
}

/** The error if this version can neither use nor migrate the schema; null if it can. */
export function schemaError({ state }: SchemaState, place: string): SchemaError | null {
  return state === "ahead" || state === "unreleased" ? new SchemaError(state, place) : null;
}

/** A deadlock with a writer of new papers, which locks their tables before it waits: let that writer go first. */
const conflicts = { attempts: 10, firstDelay: 20, maxDelay: 200, isRetryable: isConflict };

/**
 * Migrates the schema with the committed migrations, in one transaction. Several processes may call it concurrently:
 * one migrates, the others wait. Throws SchemaError without changing anything. `onWait` receives the reason for a wait.
 *
 * @returns the migrations that were run.
 */
export async function migrateDatabase(
  { pool, place }: Pick<Database, "pool" | "place">,
  onWait: (line: string) => void = () => {},
  migrationsFolder = defaultMigrationsFolder,
): Promise<readonly string[]> {
  return retry(() => migrateOnce({ pool, place }, onWait, migrationsFolder), conflicts);
}

async function migrateOnce(
  { pool, place }: Pick<Database, "pool" | "place">,
  onWait: (line: string) => void,
  migrationsFolder: string,
): Promise<readonly string[]> {
  const client = await pool.connect();
  try {
    await lock(client, migrationLock, () =>
      onWait("Waiting for another process that is migrating the database …"),
    );
    const schema = await readSchemaState(client, migrationsFolder);
    const error = schemaError(schema, place);
    if (error !== null) throw error;
    if (schema.state === "behind") {
      // Waits for a running batch before any table is locked: the batch reads by a second connection, which would wait
      // for the migration while that waits for the batch. The next batch comes after.
      const onWriter = () => onWait("Waiting for a running import before the migration …");
      if (schema.applied > 0) {
        // A migration may change an index that an interrupted first load left out.
        await lock(client, firstLoadLock, onWriter);
        await buildRecordedIndexes(client, (index) => {
          if (index !== null) onWait(`Building the index ${index} …`);
        });
      }
      await waitForWriteLock(pool, () => lock(client, writeLock, onWriter));
      await migrate(drizzle(client), { migrationsFolder });
    }
    return schema.pending;
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

/** Compares the database with the committed migrations, by their creation times. Read-only. */
export async function readSchemaState(
  client: Pick<pg.ClientBase, "query">,
  migrationsFolder = defaultMigrationsFolder,
): Promise<SchemaState> {
  const applied = await readApplied(client);
  const known = readMigrations(migrationsFolder);
  const newest = Math.max(0, ...applied);
  const pending = known.filter(({ when }) => when > newest).map(({ tag }) => tag);
  const isUnreleased = applied.some((when) => when < (known[0]?.when ?? 0));
  const isAhead = newest > (known.at(-1)?.when ?? 0);
  return {
    state: isUnreleased ? "unreleased" : isAhead ? "ahead" : pending.length > 0 ? "behind" : "current",
    pending,
    applied: known.length - pending.length,
  };
}

type Migration = { readonly tag: string; readonly when: number };

const journals = new Map<string, readonly Migration[]>();

/** The migrations of a folder, oldest first. */
export function readMigrations(migrationsFolder = defaultMigrationsFolder): readonly Migration[] {
  const read = () => JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, "utf8")).entries;
  const migrations: readonly Migration[] = journals.get(migrationsFolder) ?? read();
  journals.set(migrationsFolder, migrations);
  return migrations;
}

/** Creation times of the migrations that have run; empty for an empty database. */
async function readApplied(client: Pick<pg.ClientBase, "query">): Promise<number[]> {
  try {
    const { rows } = await client.query<{ created_at: string }>(
      "SELECT created_at FROM drizzle.__drizzle_migrations",
    );
    return rows.map((row) => Number(row.created_at));
  } catch (error) {
    // The schema or the table does not exist.
    if (error instanceof pg.DatabaseError && (error.code === "3F000" || error.code === "42P01")) return [];
    throw error;
  }
}

/**
 * Why the derived tables must be recomputed from the log: a migration sets this mark if this version derives other rows
 * than those stored. Null if they are up to date.
 */
export async function readRebuildDue(client: Pick<pg.Pool, "query">): Promise<string | null> {
  const { rows } = await client.query<{ value: string }>(
    "SELECT value FROM settings WHERE name = 'rebuild_due'",
  );
  return rows[0]?.value ?? null;
}

/** Removes the mark, in the transaction of the rebuild. */
export async function clearRebuildDue(client: Pick<pg.ClientBase, "query">): Promise<void> {
  await client.query("DELETE FROM settings WHERE name = 'rebuild_due'");
}

/** The oldest supported PostgreSQL: the collation `pg_c_utf8` was added in 17. */
export const minServerMajor = 17;

/** The server's PostgreSQL is older than `minServerMajor`. */
export class OldServerError extends Error {
  override readonly name = "OldServerError";

  constructor(version: number) {
    super(
      `PostgreSQL ${formatServerVersion(version)} is too old: PostgreSQL ${minServerMajor} or newer is required. Upgrade it, or unset DATABASE_URL to use the embedded server.`,
    );
  }
}

/** The version as people write it: PostgreSQL reports 180004 for 18.4. */
export function formatServerVersion(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`;
}

export function isUnsupportedVersion(version: number): boolean {
  return version < minServerMajor * 10_000;
}

/** Rejects with `OldServerError`, or with the error of the connection. */
export async function requireSupportedServer({ pool }: Pick<Database, "pool">): Promise<void> {
  const { rows } = await pool.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const version = rows[0]?.version ?? 0;
  if (isUnsupportedVersion(version)) throw new OldServerError(version);
}
