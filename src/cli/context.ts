import { type Config, readConfig } from "../config/index.ts";
import type { Keyring } from "../protocol/index.ts";
import { acquireEmbeddedServer } from "../store/embedded/index.ts";
import { type Database, type DatabaseOptions, migrateDatabase, openDatabase } from "../store/index.ts";
import { refuseOldServer } from "../store/migrate.ts";
import { loadKeyring } from "./keyring-file.ts";
import { say } from "./output/terminal.ts";
import { isSampleLoaded, sampleKeyringPath } from "./sample.ts";

/** Options that every command with a database or a keyring takes. */
export type CommonOptions = { readonly keyring?: string | undefined };

export type DatabaseContext = {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
};

export { say };

/**
 * Runs a command on the configured database and leaves it however the command ends. The sample's key is trusted
 * where the sample is loaded.
 */
export async function withDatabase<Result>(
  options: CommonOptions,
  run: (context: DatabaseContext) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  const paths = [config.keyringPath, options.keyring];
  // What is wrong with a keyring is said before a database is started for it.
  await loadKeyring(paths);
  const database = await openConfiguredDatabase(config, () => {}, {}, say);
  try {
    const hasSample = await isSampleLoaded(database);
    const keyring = await loadKeyring(hasSample ? [...paths, sampleKeyringPath] : paths);
    return await run({ config, database, keyring });
  } finally {
    await database.close();
  }
}

type PoolOptions = Pick<DatabaseOptions, "connectionMilliseconds">;

/**
 * The database that the configuration names, its tables up to date: the one of DATABASE_URL, else the embedded
 * server, which is started, or joined where another command runs it. Closing leaves the server; the last stops it.
 * `onWait` is told what others are waited for before the tables are up to date.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: (line: string) => void,
  options: PoolOptions = {},
  onWait = log,
): Promise<Database> {
  return migrated(await openUnmigratedDatabase(config, log, options), onWait);
}

/** The same, with its tables as they are. */
export async function openUnmigratedDatabase(
  config: Config,
  log: (line: string) => void,
  options: PoolOptions = {},
): Promise<Database> {
  if (config.databaseUrl !== undefined) return openServer({ ...options, connection: config.databaseUrl });
  const server = await acquireEmbeddedServer({ dataDirectory: config.dataDirectory, log });
  const database = openDatabase({
    ...options,
    connection: server.connection,
    dataDirectory: server.dataDirectory,
  });
  const close = async () => {
    await database.close().finally(() => server.release());
  };
  return { ...database, close };
}

/** A database of DATABASE_URL. Rejects with `OldServerError` where its PostgreSQL is too old. */
async function openServer(options: DatabaseOptions): Promise<Database> {
  const database = openDatabase(options);
  try {
    await refuseOldServer(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function migrated(database: Database, onWait: (line: string) => void): Promise<Database> {
  try {
    await migrateDatabase(database, onWait);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
