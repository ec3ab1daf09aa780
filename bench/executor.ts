import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "../bin/build.js";
import { startBenchServer } from "./bench-server.ts";
import { runBulk } from "./bulk-run.ts";
import { corpusFile, readCitations } from "./corpus.ts";
import { installPeers, peerNode } from "./peers/install.ts";

const fullPace = { rounds: 9, milliseconds: 1_000 };
const quickPace = { rounds: 3, milliseconds: 400 };
/** Papers of hep-th, those of 2000 to 2003 first, which cite the most. */
const quickPapers = 4_000;

const program = fileURLToPath(new URL("executor/process.ts", import.meta.url));

/** Compares in a process of the peers' Node.js. */
async function compareIn(url: string, { rounds, milliseconds }: typeof fullPace): Promise<void> {
  const { path, version } = peerNode();
  console.log(`In a process of Node.js ${version}; CPU is that process's, without PostgreSQL.`);
  const child = spawn(path, [program, url, String(rounds), String(milliseconds)], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: "inherit",
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`The comparison ended with ${status}.`);
}

/**
 * `npm run bench -- executor [--quick]`: executes the same queries on the same schema with our executor, graphql-js and
 * graphql-jit, in one process, from hep-th in memory to the text of the answer. A table is printed only if all answers
 * are equal. `--quick` takes a part of hep-th, and short turns.
 */
export async function run(given: readonly string[]): Promise<void> {
  const isQuick = given.includes("--quick");
  installPeers();
  buildIfNeeded();
  const papers = isQuick ? new Map([...readCitations()].slice(0, quickPapers)) : readCitations();
  const corpus = await corpusFile([1], papers);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("hep_th");
    console.log("Ingesting hep-th …");
    await runBulk({ url: database.url, keyring: server.keyring, pool: database.pool }, corpus);
    await database.pool.query("VACUUM (ANALYZE)");
    await compareIn(database.url, isQuick ? quickPace : fullPace);
  } finally {
    await server.close();
  }
}
