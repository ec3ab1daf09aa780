import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { type Database, openDatabase } from "../src/store/database.ts";
import { administer, connectionTo } from "./server-connection.ts";

export type TestDatabase = Database & {
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
};

/** A new, migrated database on the run's server: one for each test file. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("postgres");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${inject("template")}`);
  const database = openDatabase({ connection: connectionTo(server, name) });
  return {
    ...database,
    drop: async () => {
      await database.close();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
