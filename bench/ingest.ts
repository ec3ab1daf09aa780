import { spawn } from "node:child_process";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildIfNeeded } from "../bin/build.js";
import { createKeyring } from "../src/protocol/index.ts";
import { acquireEmbeddedServer } from "../src/store/embedded/index.ts";
import { type Database, migrateDatabase, openDatabase } from "../src/store/index.ts";
import { insertRows } from "../src/store/rows.ts";
import { benchKey, corpusFile, signedDigest } from "./corpus.ts";
import { takeInOneByOne } from "./one-by-one.ts";

const threads = Math.min(8, availableParallelism());
const launcher = fileURLToPath(new URL("../bin/pith-graph.js", import.meta.url));
/** Documents that the straightforward loop is given: it would take too long over all. */
const loopDocuments = 1000;

/**
 * `npm run bench -- ingest`: the whole of hep-th as signed bundles into the embedded PostgreSQL, everything verified,
 * beside what would limit it and what a straightforward program does, in one run.
 */
export async function run(): Promise<void> {
  buildIfNeeded();
  const corpus = await corpusFile(1);
  const documents = countLines(corpus);
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-"));
  const server = await acquireEmbeddedServer({ dataDirectory: folder });
  const keyring = join(folder, "bench-keyring.json");
  writeFileSync(keyring, JSON.stringify([benchKey]));
  try {
    console.log(`${documents} documents of 3 signatures, 352,807 citations; ${threads} threads\n`);
    const limit = await signatureLimit();
    print("signatures alone, the same threads", limit, "documents/s");

    const { host, user, database: name } = server.connection;
    const url = `postgres://${user}@/${name}?host=${encodeURIComponent(host)}`;
    const database = openDatabase({ connection: server.connection });
    await migrateDatabase(database);
    const bulk = await ingestWithCli(url, keyring, corpus);
    const again = await ingestWithCli(url, keyring, corpus);
    const copied = await copyRate(database);
    await clear(database);
    const loop = await loopRate(database, corpus);
    await database.close();

    print("COPY of references, with their indexes", copied, "rows/s");
    print("bulk ingest", documents / bulk.seconds, "documents/s");
    print("  of what signatures alone allow", (100 * documents) / bulk.seconds / limit, "%");
    print("  references", 352_807 / bulk.seconds, "rows/s");
    print("  memory of the process at most", bulk.peakMegabytes, "MB");
    print("the same corpus again", documents / again.seconds, "documents/s");
    print("  times the first", bulk.seconds / again.seconds, "×");
    print(`one document, one transaction, ORM inserts (${loopDocuments} documents)`, loop, "documents/s");
    print("  bulk ingest is faster", documents / bulk.seconds / loop, "×");
  } finally {
    await server.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(what: string, figure: number, unit: string): void {
  const text = figure < 100 ? figure.toFixed(1) : Math.round(figure).toLocaleString("en-US");
  console.log(`${what.padEnd(66)} ${text.padStart(10)} ${unit}`);
}

function countLines(path: string): number {
  const bytes = readFileSync(path);
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  return lines;
}

type Run = { readonly seconds: number; readonly peakMegabytes: number };

/** Runs `pith-graph ingest` as a person would, and watches the peak of its memory. */
async function ingestWithCli(url: string, keyring: string, path: string): Promise<Run> {
  const start = performance.now();
  const child = spawn(process.execPath, [launcher, "ingest", "--quiet", "--keyring", keyring, path], {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMemory(child.pid));
  }, 50);
  const status = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  if (status !== 0) throw new Error(`pith-graph ingest ended with ${status}: ${errors}`);
  return { seconds: (performance.now() - start) / 1000, peakMegabytes: peak };
}

/** VmHWM of a process in MB, where there is a /proc. */
function peakMemory(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
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
      await insertRows(client, "copied", columns, rows.slice(from, from + 6000));
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
