// One PostgreSQL server for a run of the tests: the embedded one, in a new data directory. With DATABASE_URL set,
// that server is used instead; the databases made in it are dropped again.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PoolConfig } from "pg";
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
  project.provide("postgres", { host, port, user, database });
  return async () => {
    await server.release();
    await rm(dataDirectory, { recursive: true, force: true });
  };
}
