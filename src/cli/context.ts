import { type Config, readConfig } from "../config/index.ts";
import type { Keyring } from "../protocol/index.ts";
import type { Database } from "../store/index.ts";
import { loadKeyring } from "./keyring-file.ts";
import { openConfiguredDatabase } from "./open-database.ts";
import { say } from "./output/say.ts";
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
