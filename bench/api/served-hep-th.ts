import { buildIfNeeded } from "../../bin/build.js";
import { startBenchServer } from "../bench-server.ts";
import { runBulk } from "../bulk-run.ts";
import { corpusFile } from "../corpus.ts";
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
  const server = await startBenchServer();
  try {
    const { url, pool } = await server.createDatabase("hep_th");
    say("Taking in hep-th …");
    await runBulk({ url, keyring: server.keyring, pool }, corpus);
    say("Laying the same rows out for PostGraphile and hand-written SQL …");
    await createPlainSchema(pool);
    await work({ url, parameters: await readParameters(pool) });
  } finally {
    await server.close();
  }
}
