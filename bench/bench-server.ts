import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
  /**
   * The database that an earlier run filled and marked so, or a new one, which `fill` fills. One that was not completed
   * is dropped.
   */
  preparedDatabase(
    name: string,
    mark: string,
    fill: (database: BenchDatabase) => Promise<void>,
  ): Promise<BenchDatabase>;
  close(): Promise<void>;
};

export type BenchDatabase = Database & { readonly settings: pg.PoolConfig; readonly url: string };

/** Without a data folder, everything is removed at the end. */
export async function startBenchServer(dataFolder?: string): Promise<BenchServer> {
  const folder =
    dataFolder === undefined ? mkdtempSync(join(tmpdir(), "pith-graph-bench-")) : resolve(dataFolder);
  const server = await acquireEmbeddedServer({ dataDirectory: folder });
  const keyring = join(folder, "bench-keyring.json");
  writeFileSync(keyring, JSON.stringify([benchKey]));
  const opened: Database[] = [];
  const onServer = async (...statements: string[]) => {
    const client = new pg.Client(server.connection);
    await client.connect();
    try {
      for (const statement of statements.slice(0, -1)) await client.query(statement);
      return (await client.query<{ mark: string | null }>(statements.at(-1) as string)).rows;
    } finally {
      await client.end();
    }
  };
  const open = async (name: string): Promise<BenchDatabase> => {
    const settings = { ...server.connection, database: name };
    const database = openDatabase({ connection: settings });
    opened.push(database);
    await migrateDatabase(database);
    const { host, user } = server.connection;
    return { ...database, settings, url: `postgres://${user}@/${name}?host=${encodeURIComponent(host)}` };
  };
  const createDatabase = async (name: string) => {
    await onServer(`CREATE DATABASE ${name}`);
    return open(name);
  };
  return {
    keyring,
    folder,
    createDatabase,
    async preparedDatabase(name, mark, fill) {
      const [found] = await onServer(
        `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = '${name}'`,
      );
      if (found?.mark === mark) return open(name);
      if (found !== undefined) await onServer(`DROP DATABASE ${name} (FORCE)`);
      const database = await createDatabase(name);
      await fill(database);
      await onServer(`COMMENT ON DATABASE ${name} IS '${mark}'`);
      return database;
    },
    async close() {
      await Promise.all(opened.map((database) => database.close()));
      await server.release();
      if (dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
