import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { longTest } from "../long.ts";
import { copyPreparedData } from "../prepared-data.ts";
import { runCli, spawnCli } from "./run-cli.ts";

let folder: string;
let env: Record<string, string>;
let server: EmbeddedServer;

// Each test has its own empty database.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-demo-"));
  const dataDirectory = join(folder, "data");
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
  server = await acquireEmbeddedServer({ dataDirectory });
  env = { PITH_GRAPH_DATA: dataDirectory };
});

afterEach(async () => {
  await server.release();
  await rm(folder, { recursive: true, force: true });
});

async function papers(): Promise<number> {
  const { stdout } = await runCli(["query", "{ status { papers } }"], { env });
  return (JSON.parse(stdout) as { status: { papers: number } }).status.papers;
}

test("demo exits with 2 and imports nothing if the database has papers that are not the sample's", async () => {
  await runCli(["ingest", "sample/pith-2302.12192.state.json"], { env });
  const { status, stderr } = await runCli(["demo"], { env });
  expect(stderr).toContain("This database has papers that are not the sample's");
  expect(status).toBe(2);
  expect(await papers()).toBe(1);
});

test("demo imports the sample first, and keeps the stored papers when interrupted", async () => {
  const child = spawnCli(["demo"], { env });
  let output = "";
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (text.includes("Importing 27770 papers")) child.kill("SIGINT");
  });
  expect(await ended).toBe(130);
  expect(output).toMatch(/Interrupted after \d+ of 27770 papers\. Run the command again to continue\./);
  expect(await papers()).toBeGreaterThanOrEqual(1052);
});

longTest("demo imports the complete network of 27,770 papers", async () => {
  const { status, stderr } = await runCli(["demo"], { env });
  expect(stderr).toContain("Imported 27,770 papers with 352,807 citations.");
  expect(status).toBe(0);
  expect(await papers()).toBe(27_770 + 49 + 1 + 2);
});
