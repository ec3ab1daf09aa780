import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { type Database, openDatabase } from "../src/store/database.ts";
import { administer, connectionTo } from "./server-connection.ts";

export type TestDatabase = Database & {
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
};

/** A new database without tables. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return createFrom("template0");
}

/** A new, migrated database on the test run's server, usually one for each test file. */
export function createTestDatabase(): Promise<TestDatabase> {
  return createFrom(inject("template"));
}

async function createFrom(template: string): Promise<TestDatabase> {
  const server = inject("postgres");
  const name = `test_${randomBytes(8).toString("hex")}`;
  // Copying the files takes a quarter of the time of the default, which writes through the log.
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const database = openDatabase({ connection: connectionTo(server, name) });
  return {
    ...database,
    drop: async () => {
      await database.close();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
