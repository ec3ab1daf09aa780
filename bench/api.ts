import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfNeeded } from "../bin/build.js";
import { acquireEmbeddedServer } from "../src/store/embedded/index.ts";
import { migrateDatabase, openDatabase } from "../src/store/index.ts";
import { compareServers, say } from "./api/comparison.ts";
import { readParameters } from "./api/jobs.ts";
import { createPlainSchema } from "./api/plain-schema.ts";
import type { Pace } from "./api/turns.ts";
import { runBulk } from "./bulk-run.ts";
import { benchKey, corpusFile } from "./corpus.ts";
import { installPeers } from "./peers/install.ts";

const fullPace: Pace = { rounds: 3, milliseconds: 800, warmUpMilliseconds: 600 };
const quickPace: Pace = { rounds: 1, milliseconds: 500, warmUpMilliseconds: 500 };

/**
 * `npm run bench -- api`: the same content of one PostgreSQL, served by pith-graph, by PostGraphile and by hand-written
 * SQL, with equal answers demanded before anything is timed; the ceilings of graphql-yoga and graphql-js; and
 * pith-graph on all cores. `--quick` takes one short round.
 */
export async function run(args: readonly string[]): Promise<void> {
  const pace = args.includes("--quick") ? quickPace : fullPace;
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
    await compareServers(url, await readParameters(database.pool), pace);
  } finally {
    await database.close();
    await postgres.release();
    rmSync(folder, { recursive: true, force: true });
  }
}
