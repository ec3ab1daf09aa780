import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { acquireEmbeddedServer } from "../src/embedded-postgres/index.ts";
import { type Database, migrateDatabase, openDatabase } from "../src/store/index.ts";
import { benchKey } from "./corpus.ts";

/** An embedded PostgreSQL for one run, on which databases can be created. */
export type BenchServer = {
  /** The path of a keyring with the corpus's key. */
  readonly keyring: string;
  readonly folder: string;
  createDatabase(name: string): Promise<BenchDatabase>;
  close(): Promise<void>;
};

export type BenchDatabase = Database & { readonly settings: pg.PoolConfig; readonly url: string };

export async function startBenchServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-"));
  const server = await acquireEmbeddedServer({ dataDirectory: folder });
  const keyring = join(folder, "bench-keyring.json");
  writeFileSync(keyring, JSON.stringify([benchKey]));
  const opened: Database[] = [];
  return {
    keyring,
    folder,
    async createDatabase(name) {
      const client = new pg.Client(server.connection);
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      const settings = { ...server.connection, database: name };
      const database = openDatabase({ connection: settings });
      opened.push(database);
      await migrateDatabase(database);
      const { host, user } = server.connection;
      return { ...database, settings, url: `postgres://${user}@/${name}?host=${encodeURIComponent(host)}` };
    },
    async close() {
      await Promise.all(opened.map((database) => database.close()));
      await server.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
