// Starts an embedded PostgreSQL server in a new data directory for a run of the tests. With DATABASE_URL, that server
// is used instead, and the databases made on it are dropped.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { acquireEmbeddedServer } from "../src/embedded-postgres/index.ts";
import { openDatabase } from "../src/store/database.ts";
import { migrateDatabase } from "../src/store/migrate.ts";
import { copyPreparedData } from "./prepared-data.ts";
import { administer, connectionTo, type ServerConnection } from "./server-connection.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The server's connection, as node-postgres settings or a connection string. */
    postgres: ServerConnection;
    /** The name of a migrated database, the template of others. */
    template: string;
    /**
     * A data directory of a stopped embedded server with a migrated database: a copy starts in half the time of a new
     * one. Null with DATABASE_URL.
     */
    preparedData: string | null;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["DATABASE_URL"];
  const given = url !== undefined && url !== "";
  const own = given ? null : await startServer();
  const server = given ? url : (own as OwnServer).connection;
  const template = `test_template_${randomBytes(8).toString("hex")}`;
  await administer(server, `CREATE DATABASE ${template}`);
  const database = openDatabase({ connection: connectionTo(server, template) });
  await migrateDatabase(database);
  await database.close();
  project.provide("postgres", server);
  project.provide("preparedData", own?.preparedData ?? null);
  project.provide("template", template);
  return async () => {
    await administer(server, `DROP DATABASE ${template} WITH (FORCE)`);
    await own?.stop();
  };
}

type OwnServer = {
  readonly connection: ServerConnection;
  readonly preparedData: string;
  stop(): Promise<void>;
};

async function startServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-test-"));
  const preparedData = join(folder, "prepared");
  const dataDirectory = join(folder, "data");
  await prepareData(preparedData);
  await copyPreparedData(preparedData, dataDirectory);
  const server = await acquireEmbeddedServer({ dataDirectory });
  const { host, port, user, database } = server.connection;
  const connection = { host, port, user, database } as ServerConnection;
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    // The data is removed after the run. Tests of crashes and durability start their own servers.
    await administer(connection, `ALTER SYSTEM SET ${setting} = off`);
  }
  await administer(connection, "SELECT pg_reload_conf()");
  return {
    connection,
    preparedData,
    stop: async () => {
      await server.release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepareData(dataDirectory: string): Promise<void> {
  const server = await acquireEmbeddedServer({ dataDirectory });
  const database = openDatabase({ connection: server.connection });
  await migrateDatabase(database);
  await database.close();
  await server.release();
}
