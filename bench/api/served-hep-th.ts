import { buildIfNeeded } from "../../bin/build.js";
import { startBenchServer } from "../bench-server.ts";
import { runBulk } from "../bulk-run.ts";
import { corpusFile } from "../corpus.ts";
import { installPeers } from "../peers/install.ts";
import { say } from "./comparison.ts";
import { readParameters } from "./jobs.ts";
import { createPlainSchema } from "./plain-schema.ts";

export type ServedHepTh = {
  /** The address of the database. */
  readonly url: string;
  /** The parameters of each job. */
  readonly parameters: Awaited<ReturnType<typeof readParameters>>;
};

/** Runs work on a database with hep-th, ingested as documents and copied into the peers' schema. */
export async function withHepTh(work: (served: ServedHepTh) => Promise<void>): Promise<void> {
  installPeers();
  buildIfNeeded();
  const corpus = await corpusFile([1]);
  const server = await startBenchServer();
  try {
    const { url, pool } = await server.createDatabase("hep_th");
    say("Ingesting hep-th …");
    await runBulk({ url, keyring: server.keyring, pool }, corpus);
    say("Copying the rows into the schema for PostGraphile and hand-written SQL …");
    await createPlainSchema(pool);
    await work({ url, parameters: await readParameters(pool) });
  } finally {
    await server.close();
  }
}
