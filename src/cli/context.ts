import { type Config, readConfig } from "../config/index.ts";
import { acquireEmbeddedServer } from "../embedded-postgres/index.ts";
import type { Keyring } from "../protocol/index.ts";
import {
  type Database,
  type DatabaseOptions,
  migrateDatabase,
  openDatabase,
  requireSupportedServer,
} from "../store/index.ts";
import { loadKeyring } from "./keyring-file.ts";
import { printStatus } from "./output/terminal.ts";
import { isSampleLoaded, sampleKeyringPath } from "./sample.ts";

/** Options of every command with a database or a keyring. */
export type CommonOptions = { readonly keyring?: string | undefined };

export type DatabaseContext = {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
};

/**
 * Runs a command on the configured database and closes it however the command ends. The sample's key is trusted if the
 * sample is loaded.
 */
export async function withDatabase<Result>(
  options: CommonOptions,
  run: (context: DatabaseContext) => Promise<Result>,
): Promise<Result> {
  const config = readConfig();
  const paths = [config.keyringPath, options.keyring];
  // Errors of a keyring are reported before a database is started.
  await loadKeyring(paths);
  const database = await openConfiguredDatabase(config, () => {}, {}, printStatus);
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
 * The configured database, its schema upgraded: that of DATABASE_URL, else the embedded server, which is started, or
 * joined if another command runs it. Closing it leaves the server; the last user stops it. `onWait` is called with what
 * the upgrade waits for.
 */
export async function openConfiguredDatabase(
  config: Config,
  log: (line: string) => void,
  options: PoolOptions = {},
  onWait = log,
): Promise<Database> {
  return migrated(await openUnmigratedDatabase(config, log, options), onWait);
}

/** The same, without upgrading the schema. */
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

/** The database of DATABASE_URL. Rejects with `OldServerError` if its PostgreSQL is too old. */
async function openServer(options: DatabaseOptions): Promise<Database> {
  const database = openDatabase(options);
  try {
    await requireSupportedServer(database);
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
