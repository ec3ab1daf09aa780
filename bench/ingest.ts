import { createReadStream } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { buildIfNeeded } from "../bin/build.js";
import { createKeyring } from "../src/protocol/index.ts";
import type { Database } from "../src/store/index.ts";
import { insertRows } from "../src/store/rows.ts";
import { startBenchServer } from "./bench-server.ts";
import { runBulk, type Site, speedBetween } from "./bulk-run.ts";
import { benchKey, corpusFile, readCitations, signedDigest } from "./corpus.ts";
import { takeInOneByOne } from "./one-by-one.ts";
import { queryLatency, startService, submissionLatency } from "./service.ts";

const threads = Math.min(8, availableParallelism());
/** Documents that the straightforward loop is given: it would take too long over all. */
const loopDocuments = 1000;
/** Versions of each paper in the corpus that shows how speed and memory grow. */
const versions = 10;

/**
 * `npm run bench -- ingest`: the whole of hep-th as signed bundles into the embedded PostgreSQL, everything verified,
 * beside what would limit it and what a straightforward program does; then ten versions of all of it, and what
 * readers and submitters notice of a bulk ingest. In one run.
 */
export async function run(): Promise<void> {
  buildIfNeeded();
  const corpus = await corpusFile([1]);
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("ingest");
    const site = { url: database.url, keyring: server.keyring, pool: database.pool };
    const bulk = await compareBulk(database, site, corpus);
    await clear(database);
    await showGrowth(site, bulk.peakMegabytes);
    await showLatencies(site);
  } finally {
    await server.close();
  }
}

async function compareBulk(database: Database, site: Site, corpus: string) {
  const documents = readCitations().size;
  console.log(`${documents} documents of 3 signatures, 352,807 citations; ${threads} threads\n`);
  const limit = await signatureLimit();
  print("signatures alone, the same threads", limit, "documents/s");
  const bulk = await runBulk(site, corpus);
  print("bulk ingest", documents / bulk.seconds, "documents/s");
  print("  of what signatures alone allow", (100 * documents) / bulk.seconds / limit, "%");
  print("  references", 352_807 / bulk.seconds, "rows/s");
  print("  memory of the process at most", bulk.peakMegabytes, "MB");
  print("COPY of references, with their indexes", await copyRate(database), "rows/s");
  const again = await runBulk(site, corpus);
  print("the same corpus again", documents / again.seconds, "documents/s");
  print("  times the first", bulk.seconds / again.seconds, "×");
  await clear(database);
  const loop = await loopRate(database, corpus);
  print(`one document, one transaction, ORM inserts (${loopDocuments} documents)`, loop, "documents/s");
  print("  bulk ingest is faster", documents / bulk.seconds / loop, "×");
  return bulk;
}

async function showGrowth(site: Site, peakMegabytes: number): Promise<void> {
  const corpus = await corpusFile(Array.from({ length: versions }, (_, index) => index + 1));
  const run = await runBulk(site, corpus);
  const [first, last] = [speedBetween(run, 0, 0.1), speedBetween(run, 0.9, 1)];
  console.log();
  print(
    `${versions} versions of each: bulk ingest`,
    (readCitations().size * versions) / run.seconds,
    "documents/s",
  );
  print("  the first tenth", first, "documents/s");
  print("  the last tenth", last, "documents/s");
  print("  the last tenth, of the speed of the first", (100 * last) / first, "%");
  print("  memory of the process at most", run.peakMegabytes, "MB");
  print("  times that of one version", run.peakMegabytes / peakMegabytes, "×");
}

async function showLatencies(site: Site): Promise<void> {
  const corpus = await corpusFile([versions + 1]);
  const refs = [...readCitations().keys()];
  const service = await startService(site);
  try {
    await queryLatency(service, refs, 3);
    const rest = await queryLatency(service, refs, 5);
    const submitted = await submissionLatency(service, 40, 900);
    const bulk = runBulk(site, corpus);
    const [during] = await Promise.all([
      queryLatency(service, refs, 8),
      new Promise((resolve) => setTimeout(resolve, 3000)),
    ]);
    const submittedDuring = await submissionLatency(service, 40, 800);
    await bulk;
    console.log();
    print("a paper with claims and references over HTTP, at rest: p50", rest.p50, "ms");
    print("  p95", rest.p95, "ms");
    print("  while bulk ingest runs: p50", during.p50, "ms");
    print("  p95", during.p95, "ms");
    print("  p95, times that at rest", during.p95 / rest.p95, "×");
    print(
      "a submission, from its acknowledgement until its paper is answered, at rest: median",
      submitted,
      "ms",
    );
    print("  while bulk ingest runs", submittedDuring, "ms");
  } finally {
    await service.close();
  }
}

function print(what: string, figure: number, unit: string): void {
  const text = figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString("en-US");
  console.log(`${what.padEnd(88)} ${text.padStart(10)} ${unit}`);
}

/** Three verifications a document, and nothing else, on as many threads as an ingest has. */
async function signatureLimit(): Promise<number> {
  const seconds = 3;
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const crypto = require("node:crypto");
    const key = crypto.createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: workerData.x }, format: "jwk" });
    const message = Buffer.from(workerData.digest, "hex");
    const signature = Buffer.from(workerData.signature, "base64");
    const end = performance.now() + ${seconds * 1000};
    let count = 0;
    while (performance.now() < end) for (let i = 0; i < 50; i++) if (crypto.verify(null, message, key, signature)) count++;
    parentPort.postMessage(count);`;
  const workerData = signedDigest();
  const counts = await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<number>((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0) / seconds / 3;
}

/** The rows that an ingest wrote most of, copied once more into a table of the same form. */
async function copyRate({ pool }: Database): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('CREATE TEMP TABLE copied (LIKE "references" INCLUDING ALL)');
    const { rows, fields } = await client.query<(string | number | boolean | null)[]>({
      text: 'SELECT * FROM "references" LIMIT 200000',
      rowMode: "array",
    });
    const columns = fields.map(({ name }) => name);
    const start = performance.now();
    for (let from = 0; from < rows.length; from += 6000) {
      await insertRows(client, "copied", columns, rows.slice(from, from + 6000), "references");
    }
    return rows.length / ((performance.now() - start) / 1000);
  } finally {
    client.release(true);
  }
}

async function clear({ pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
  );
  await pool.query(`TRUNCATE ${rows.map(({ tablename }) => `"${tablename}"`).join(", ")}`);
}

/** What a straightforward program does: a document at a time, in a transaction of its own, row by row. */
async function loopRate(database: Database, path: string): Promise<number> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines.push(line);
    if (lines.length === loopDocuments) break;
  }
  const keyring = createKeyring([benchKey]);
  const start = performance.now();
  await takeInOneByOne(database, lines, keyring);
  return lines.length / ((performance.now() - start) / 1000);
}
