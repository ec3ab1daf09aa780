import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { checkTables } from "../../src/maintenance/index.ts";
import { keyringEntries } from "../../src/protocol/index.ts";
import { enqueue } from "../../src/submissions/index.ts";
import { runCli, spawnCli } from "../cli/run-cli.ts";
import { createTestDatabase } from "../database.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { randomFrom } from "../ingest/random.ts";
import { readTables, tableNames } from "../ingest/tables.ts";
import { worldOf } from "../ingest/world.ts";
import { isLong } from "../long.ts";
import { keyring } from "../protocol/signed-events.ts";
import { statuses } from "../submissions/site.ts";
import { KillableServer } from "./killable-server.ts";

const workersAtOnce = 2;
const ingestsAtOnce = 2;
const seed = Number(process.env["PITH_SEED"] ?? Date.now() % 2 ** 31);

let server: KillableServer;
let folder: string;
let env: Record<string, string>;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-faults-"));
  server = await KillableServer.start(inject("preparedData"));
  env = { PITH_GRAPH_DATA: server.dataDirectory };
});

afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Resolves once the worker reports that it works on submissions. */
async function startWorker(keyringPath: string): Promise<{ worker: ChildProcess; output: string[] }> {
  const worker = spawnCli(["worker", "--keyring", keyringPath], { env });
  workers.push(worker);
  const output: string[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.once("exit", () => reject(new Error(`The worker ended: ${output.join("")}`)));
    worker.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output.push(text);
      if (text.includes("Processing submissions")) resolve();
    });
  });
  return { worker, output };
}

test(`two workers and two bulk ingests of the same papers, run concurrently, result in the tables of a serial ingest (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  // Papers that cite and contradict each other, in several documents. All have one minimum proof: which events are
  // accepted must not depend on the writer.
  const world = Array.from({ length: isLong ? 25 : 4 }, (_, nth) => worldOf(seed + nth)).flat();
  const documents = [...new Set(world.map(({ text }) => text))];
  const keyringPath = join(folder, "keyring.json");
  await writeFile(keyringPath, JSON.stringify(keyringEntries(keyring)));
  // Each of the four gets every document, in another order.
  const files = await Promise.all(
    Array.from({ length: ingestsAtOnce }, async (_, nth) => {
      const file = join(folder, `${nth}.ndjson`);
      await writeFile(file, random.shuffle(documents).join("\n"));
      return file;
    }),
  );
  const started = await Promise.all(Array.from({ length: workersAtOnce }, () => startWorker(keyringPath)));
  const ingests = files.map((file) =>
    runCli(["ingest", "--threads", "2", "--batch", "15", "--keyring", keyringPath, file], { env }),
  );
  const submissions = [...random.shuffle(documents), ...random.shuffle(documents)].map((text) => ({
    id: crypto.randomUUID(),
    token: "0".repeat(16),
    minimumProof: "hash" as const,
    bytes: Buffer.from(text),
  }));
  for (const some of random.split(submissions, 40)) await enqueue(server.database.pool, some);
  for (const { stderr, status } of await Promise.all(ingests)) {
    expect(stderr).toMatch(new RegExp(`^${documents.length} documents: `, "m"));
    expect(stderr).not.toMatch(/deadlock|rejected(?::| because)|Error/);
    expect(status).toBe(0);
  }
  for (;;) {
    const notice = server.nextNotice();
    if ((await statuses(server.database))["queued"] === undefined) break;
    await notice;
  }
  for (const { worker, output } of started) {
    const ended = once(worker, "exit");
    worker.kill("SIGTERM");
    await ended;
    // It would have logged faults.
    expect(output.join("")).toMatch(
      /^(?:Waiting for another process .*\n)?\S+ info {2}Processing submissions\..*\n(?:\S+ info .*\n)*$/,
    );
  }
  const { rows } = await server.database.pool.query(
    "SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()",
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);

  const serial = await createTestDatabase();
  await ingestDocuments(serial, documents, { keyring });
  const wanted = await readTables(serial);
  await serial.drop();
  const tables = await readTables(server.database);
  for (const name of tableNames) expect(tables[name], `${name}, seed ${seed}`).toEqual(wanted[name]);
  expect((await checkTables(server.database, { keyring })).differences).toEqual([]);
});
