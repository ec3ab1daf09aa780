import { createReadStream } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { buildIfNeeded } from "../bin/build.js";
import { createKeyring } from "../src/protocol/index.ts";
import type { Database } from "../src/store/index.ts";
import { insertRows } from "../src/store/rows.ts";
import { startBenchServer } from "./bench-server.ts";
import { type BulkRun, reportProgress, runBulk, type Site, speedBetween } from "./bulk-run.ts";
import { benchKey, corpusFile, readCitations, signedDigest } from "./corpus.ts";
import { ingestOneByOne } from "./one-by-one.ts";
import { queryLatency, startService, submissionLatency } from "./service.ts";

const threads = Math.min(8, availableParallelism());
/** The number of documents for the straightforward loop, which would take too long on all. */
const loopDocuments = 1000;

type Options = {
  readonly papers: ReadonlyMap<string, readonly string[]>;
  /** Versions of each paper in the large corpus, which shows how speed and memory scale. */
  readonly times: number;
};

/**
 * `npm run bench -- ingest [--papers N] [--times N]`: ingests hep-th, or its first N papers, as signed bundles into the
 * embedded PostgreSQL, everything verified: into an empty database, then another version of each paper beside the
 * first. Compares that with its limits and with a straightforward program; then loads ten (or N) versions of each paper
 * into an empty database, and measures queries and submissions during a bulk ingest.
 */
export async function run(given: readonly string[]): Promise<void> {
  const options = readOptions(given);
  const start = performance.now();
  buildIfNeeded();
  const server = await startBenchServer();
  try {
    const database = await server.createDatabase("ingest");
    const site = { url: database.url, keyring: server.keyring, pool: database.pool };
    const bulk = await compareBulk(database, site, options);
    const grown = await server.createDatabase("grown");
    const grownSite = { ...site, url: grown.url, pool: grown.pool };
    await showGrowth(grownSite, options, bulk.peakMegabytes);
    await showLatencies(grownSite, options);
  } finally {
    await server.close();
  }
  console.log();
  print("the complete run", (performance.now() - start) / 1000, "s");
}

function readOptions(given: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...given],
    options: { papers: { type: "string" }, times: { type: "string", default: "10" } },
  });
  const all = [...readCitations()];
  const count = Number(values.papers ?? all.length);
  const times = Number(values.times);
  if (!Number.isInteger(count) || count < loopDocuments || !Number.isInteger(times) || times < 2) {
    throw new Error(`--papers must be a whole number from ${loopDocuments}, --times one from 2.`);
  }
  return { papers: new Map(all.slice(0, count)), times };
}

async function compareBulk(database: Database, site: Site, { papers }: Options) {
  const documents = papers.size;
  const references = [...papers.values()].reduce((sum, list) => sum + list.length, 0);
  const corpus = await corpusFile([1], papers);
  console.log(
    `${documents} documents of 3 signatures, ${references.toLocaleString("en-US")} references; ${threads} threads\n`,
  );
  const limit = await signatureLimit();
  print("signatures alone, the same threads", limit, "documents/s");
  reportProgress("first load");
  const bulk = await runBulk(site, corpus);
  const copied = await copyRate(database);
  reportProgress("the same corpus again");
  const again = await runBulk(site, corpus);
  const more = await corpusFile([2], papers);
  reportProgress("another version of each paper");
  const ongoing = await runBulk(site, more);
  printBeside({ "first load": bulk, ongoing, "same again": again }, documents, references, limit);
  print("COPY of references, with their indexes", copied, "rows/s");
  await clear(database);
  reportProgress("the straightforward loop");
  const loop = await loopRate(database, corpus);
  print(`one document, one transaction, ORM inserts (${loopDocuments} documents)`, loop, "documents/s");
  print("  bulk ingest is faster", documents / bulk.seconds / loop, "×");
  return bulk;
}

/** Aims for documents/s, and for megabytes of the process. */
const aims = { "first load": 2000, ongoing: 1500 } as const;
const memoryAim = 700;

/** Prints runs of equally many documents side by side. The CPU times are hardly affected by other load of the machine. */
function printBeside(
  runs: Readonly<Record<keyof typeof aims | "same again", BulkRun>>,
  documents: number,
  references: number,
  limit: number,
): void {
  const perDocument = (seconds: number) => (1e6 * seconds) / documents;
  const line = (what: string, of: (run: BulkRun) => number) =>
    console.log(
      `${what.padEnd(48)}${Object.values(runs)
        .map((run) => text(of(run)).padStart(14))
        .join("")}`,
    );
  console.log(
    `\n${"".padEnd(48)}${Object.keys(runs)
      .map((name) => name.padStart(14))
      .join("")}`,
  );
  line("documents/s", ({ seconds }) => documents / seconds);
  line("  share of what signatures alone allow, %", ({ seconds }) => (100 * documents) / seconds / limit);
  line("references/s", ({ seconds }) => references / seconds);
  line("CPU of the ingest's process for a document, µs", (run) => perDocument(run.processorSeconds.ingest));
  line("CPU of PostgreSQL for a document, µs", (run) => perDocument(run.processorSeconds.postgres));
  line("peak memory of the process, MB", ({ peakMegabytes }) => peakMegabytes);
  for (const [name, aim] of Object.entries(aims)) {
    const rate = documents / runs[name as keyof typeof aims].seconds;
    console.log(`${name}: ${text(rate)} documents/s, aim ${aim}: ${rate >= aim ? "reached" : "MISSED"}`);
  }
  console.log();
}

function printProcessorTime({ processorSeconds: { ingest, postgres } }: BulkRun, documents: number): void {
  print("  CPU of the ingest's process for each", (1e6 * ingest) / documents, "µs");
  print("  CPU of PostgreSQL for each", (1e6 * postgres) / documents, "µs");
}

async function showGrowth(site: Site, { papers, times }: Options, peakMegabytes: number): Promise<void> {
  const corpus = await corpusFile(
    Array.from({ length: times }, (_, index) => index + 1),
    papers,
  );
  reportProgress(`first load of ${times} versions of each`);
  const run = await runBulk(site, corpus);
  const documents = papers.size * times;
  const [first, last] = [speedBetween(run, 0, 0.1), speedBetween(run, 0.9, 1)];
  console.log();
  print(
    `first load of ${documents.toLocaleString("en-US")} documents, ${times} versions of each paper`,
    documents / run.seconds,
    "documents/s",
  );
  print("  the first tenth", first, "documents/s");
  print("  the last tenth", last, "documents/s");
  print("  the last tenth, share of the first's speed", (100 * last) / first, "%");
  printProcessorTime(run, documents);
  const verdict = run.peakMegabytes < memoryAim ? "reached" : "MISSED";
  print(`  peak memory of the process (below ${memoryAim}: ${verdict})`, run.peakMegabytes, "MB");
  print("  ratio to that of one version", run.peakMegabytes / peakMegabytes, "×");
}

async function showLatencies(site: Site, { papers, times }: Options): Promise<void> {
  const corpus = await corpusFile([times + 1], papers);
  const refs = [...papers.keys()];
  const service = await startService(site);
  try {
    reportProgress("queries and submissions alone");
    await queryLatency(service, refs, 3);
    const alone = await queryLatency(service, refs, 5);
    const submitted = await submissionLatency(service, 40, 900);
    reportProgress("queries and submissions while bulk ingest runs");
    const bulk = runBulk(site, corpus);
    let isRunning = true;
    const ended = bulk.finally(() => {
      isRunning = false;
    });
    // It is awaited below.
    ended.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const during = await queryLatency(service, refs, 8);
    const submittedDuring = await submissionLatency(service, 40, 800);
    const remark = isRunning ? "" : " (it ended before the last of them: use more --papers)";
    await ended;
    console.log();
    print("a paper with claims and references over HTTP, alone: p50", alone.p50, "ms");
    print("  p95", alone.p95, "ms");
    print("  while bulk ingest runs: p50", during.p50, "ms");
    print("  p95", during.p95, "ms");
    print("  p95, ratio to that alone", during.p95 / alone.p95, "×");
    print(
      "a submission, from its acknowledgement until its paper can be queried, alone: median",
      submitted,
      "ms",
    );
    print(`  while bulk ingest runs${remark}`, submittedDuring, "ms");
  } finally {
    await service.close();
  }
}

function text(figure: number): string {
  return figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString("en-US");
}

function print(what: string, figure: number, unit: string): void {
  console.log(`${what.padEnd(88)} ${text(figure).padStart(10)} ${unit}`);
}

/** Three verifications for each document, on as many threads as an ingest has. */
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

/** Copies the references, the most numerous rows of an ingest, into a table of the same form. */
async function copyRate({ pool }: Database): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('CREATE TEMP TABLE copied (LIKE "references" INCLUDING ALL)');
    const { rows: read, fields } = await client.query<(string | number | boolean | Date | null)[]>({
      text: 'SELECT * FROM "references" LIMIT 200000',
      rowMode: "array",
    });
    const columns = fields.map(({ name }) => name);
    const rows = read.map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : cell)));
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

/** A straightforward program: one document at a time, each in its own transaction, row by row. */
async function loopRate(database: Database, path: string): Promise<number> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines.push(line);
    if (lines.length === loopDocuments) break;
  }
  const keyring = createKeyring([benchKey]);
  const start = performance.now();
  await ingestOneByOne(database, lines, keyring);
  return lines.length / ((performance.now() - start) / 1000);
}
