// One PostgreSQL server for a run of the tests: the embedded one, in a new data directory. With DATABASE_URL set,
// that server is used instead; the databases made in it are dropped again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg, { type PoolConfig } from "pg";
import type { TestProject } from "vitest/node";
import { acquireEmbeddedServer } from "../src/store/embedded/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How to reach the server, as node-postgres settings or a connection string. */
    postgres: string | Pick<PoolConfig, "host" | "port" | "user" | "database">;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["DATABASE_URL"];
  if (url !== undefined && url !== "") {
    project.provide("postgres", url);
    return async () => {};
  }
  const dataDirectory = await mkdtemp(join(tmpdir(), "pith-graph-test-"));
  const server = await acquireEmbeddedServer({ dataDirectory });
  const { host, port, user, database } = server.connection;
  await spareTheDisk(server.connection);
  project.provide("postgres", { host, port, user, database });
  return async () => {
    await server.release();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}

/** This server's data is thrown away after the run. Tests of crashes and of durability start servers of their own. */
async function spareTheDisk(connection: PoolConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
      await client.query(`ALTER SYSTEM SET ${setting} = off`);
    }
    await client.query("SELECT pg_reload_conf()");
  } finally {
    await client.end();
  }
}
