import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Database, openDatabase } from "../src/store/database.ts";
import { migrateDatabase } from "../src/store/migrate.ts";

export type TestDatabase = Database & {
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
};

/** A new, migrated database on the run's server: one for each test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(`CREATE DATABASE ${name}`);
  const database = openDatabase({ connection: connectionTo(name) });
  await migrateDatabase(database);
  return {
    ...database,
    drop: async () => {
      await database.close();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

function connectionTo(database: string): string | pg.PoolConfig {
  const server = inject("postgres");
  if (typeof server !== "string") return { ...server, database };
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(statement: string): Promise<void> {
  const server = inject("postgres");
  const client = new pg.Client(typeof server === "string" ? { connectionString: server } : server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
