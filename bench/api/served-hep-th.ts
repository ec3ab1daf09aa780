import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfNeeded } from "../../bin/build.js";
import { acquireEmbeddedServer } from "../../src/store/embedded/index.ts";
import { migrateDatabase, openDatabase } from "../../src/store/index.ts";
import { runBulk } from "../bulk-run.ts";
import { benchKey, corpusFile } from "../corpus.ts";
import { installPeers } from "../peers/install.ts";
import { say } from "./comparison.ts";
import { readParameters } from "./jobs.ts";
import { createPlainSchema } from "./plain-schema.ts";

export type ServedHepTh = {
  /** Of the database. */
  readonly url: string;
  /** What each job is asked with. */
  readonly parameters: Awaited<ReturnType<typeof readParameters>>;
};

/** A database with hep-th, taken in as documents and laid out for the peers, for as long as the work lasts. */
export async function withHepTh(work: (served: ServedHepTh) => Promise<void>): Promise<void> {
  installPeers();
  buildIfNeeded();
  const corpus = await corpusFile([1]);
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-"));
  const postgres = await acquireEmbeddedServer({ dataDirectory: folder });
  const keyring = join(folder, "bench-keyring.json");
  writeFileSync(keyring, JSON.stringify([benchKey]));
  const { host, user, database: name } = postgres.connection;
  const url = `postgres://${user}@/${name}?host=${encodeURIComponent(host)}`;
  const database = openDatabase({ connection: postgres.connection });
  try {
    await migrateDatabase(database);
    say("Taking in hep-th …");
    await runBulk({ url, keyring, pool: database.pool }, corpus);
    say("Laying the same rows out for PostGraphile and hand-written SQL …");
    await createPlainSchema(database.pool);
    await work({ url, parameters: await readParameters(database.pool) });
  } finally {
    await database.close();
    await postgres.release();
    rmSync(folder, { recursive: true, force: true });
  }
}
