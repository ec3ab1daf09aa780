import { buildIfNeeded } from "../../bin/build.js";
import { type BenchServer, startBenchServer } from "../bench-server.ts";
import { runBulk } from "../bulk-run.ts";
import { corpusFile } from "../corpus.ts";
import { corpusDatabase } from "../large-corpus/database.ts";
import type { CorpusSize } from "../large-corpus/network.ts";
import { installPeers } from "../peers/install.ts";
import { type Served, say } from "./comparison.ts";
import { readParameters } from "./jobs.ts";
import { createPlainSchema } from "./plain-schema.ts";

type Work = (served: Served) => Promise<void>;

/** Runs work on a database with hep-th, ingested as documents and copied into the peers' schema. */
export async function withHepTh(work: Work): Promise<void> {
  installPeers();
  buildIfNeeded();
  const corpus = await corpusFile([1]);
  await withServer(undefined, async (server) => {
    const { url, pool } = await server.createDatabase("hep_th");
    say("Ingesting hep-th …");
    await runBulk({ url, keyring: server.keyring, pool }, corpus);
    await createPlainSchema(pool, say);
    await work({ url, pool, parameters: await readParameters(pool) });
  });
}

/** Runs work on a database with the large corpus, in a folder that is kept if it is named. */
export async function withLargeCorpus(
  size: CorpusSize,
  dataFolder: string | undefined,
  work: Work,
): Promise<void> {
  installPeers();
  buildIfNeeded();
  await withServer(dataFolder, async (server) => {
    const { url, pool } = await corpusDatabase(server, size, say);
    await createPlainSchema(pool, say);
    const { papers, references } = size;
    console.log(
      `\n${papers.toLocaleString("en-US")} papers with ${references.toLocaleString("en-US")} references: hep-th with its real titles, authors and ` +
        `citations, the others synthetic; queries start from papers drawn from all\n`,
    );
    await work({ url, pool, parameters: await readParameters(pool) });
  });
}

async function withServer(
  dataFolder: string | undefined,
  work: (server: BenchServer) => Promise<void>,
): Promise<void> {
  const server = await startBenchServer(dataFolder);
  try {
    await work(server);
  } finally {
    await server.close();
  }
}
