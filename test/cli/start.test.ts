import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { copyPreparedData } from "../prepared-data.ts";
import { runCli, spawnCli } from "./run-cli.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-start-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A data directory with empty tables, which is ready sooner than a new one. */
async function preparedData(name: string): Promise<string> {
  const dataDirectory = join(folder, name);
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
  return dataDirectory;
}

type Started = { readonly child: ChildProcess; readonly url: string; readonly output: () => string };

/** Starts the service, and resolves once it is ready. */
function start(args: readonly string[], env: Record<string, string>): Promise<Started> {
  const child = spawnCli(["start", ...args], { env: { PORT: "0", ...env } });
  let output = "";
  return new Promise((resolve, reject) => {
    const read = (text: string) => {
      output += text;
      const url = /pith-graph is ready: (\S+)/.exec(output)?.[1];
      if (url !== undefined && output.includes("Ctrl-C")) resolve({ child, url, output: () => output });
    };
    child.stdout?.setEncoding("utf8").on("data", read);
    child.stderr?.setEncoding("utf8").on("data", read);
    child.on("close", (status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
}

function stop({ child }: Started, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.on("close", resolve);
    child.kill(signal);
  });
}

async function queryServer(url: string, query: string): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: unknown }).data;
}

test("start serves the sample, shares its database with other commands, and has its data after a restart", async () => {
  const env = { PITH_GRAPH_DATA: join(folder, "with-sample") };
  const first = await start([], env);
  expect(await queryServer(first.url, "{ status { papers } }")).toEqual({ status: { papers: 1052 } });
  expect(await loadedGraph(first.url)).toMatchObject({ adjacency: "memory", lagPositions: 0 });
  const mostCited = "topWorks(by: CITED_BY_COUNT, first: 1) { nodes { work { id } } }";
  const ranked = await queryServer(
    first.url,
    `{ ${mostCited} ranks: topWorks(by: PAGERANK, first: 1) { nodes { rank } } }`,
  );
  expect(ranked).toMatchObject({ topWorks: { nodes: [{ work: {} }] }, ranks: { nodes: [{ rank: 1 }] } });

  // The printed query can be pasted.
  const body = /-d '(.*)'/.exec(first.output())?.[1] ?? "";
  const pasted = await queryServer(first.url, (JSON.parse(body) as { query: string }).query);
  expect(pasted).toMatchObject({ paper: { title: "Aligning Text-to-Image Models using Human Feedback" } });

  // The sample's key is trusted because the sample is loaded.
  const beside = await runCli(["ingest", "sample/forks.ndjson"], { env });
  expect(beside.stderr).toContain("2 documents: 0 merged, 2 unchanged");
  expect(await queryServer(first.url, "{ status { papers } }")).toEqual({ status: { papers: 1052 } });

  const taken = await runCli(["start", "--port", new URL(first.url).port], { env });
  expect(taken.status).toBe(3);
  expect(taken.stderr).toContain("is in use");

  expect(await stop(first, "SIGTERM")).toBe(0);
  expect(first.output()).toContain("Importing the sample");
  const second = await start([], env);
  expect(second.output()).not.toContain("Importing the sample");
  expect(await queryServer(second.url, "{ status { papers } }")).toEqual({ status: { papers: 1052 } });
  expect(await stop(second, "SIGINT")).toBe(0);
});

/** The service's report on its graph, once the graph is in memory. */
async function loadedGraph(url: string): Promise<unknown> {
  let graph: { isLoaded?: boolean } = {};
  await expect
    .poll(
      async () => {
        const response = await fetch(new URL("/health", url));
        ({ graph } = (await response.json()) as { graph: { isLoaded?: boolean } });
        return graph.isLoaded;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  return graph;
}

test("start --no-sample neither loads the sample nor trusts its key, and has its data after a kill", async () => {
  const env = { PITH_GRAPH_DATA: await preparedData("without-sample") };
  const first = await start(["--no-sample"], { ...env, PITH_GRAPH_ADJACENCY: "sql" });
  expect(await queryServer(first.url, "{ status { papers } }")).toEqual({ status: { papers: 0 } });
  expect(first.output()).toContain("No papers are stored yet.");
  expect(first.output()).toContain("pith-graph ingest <files or folders>");
  expect(first.output()).not.toContain("curl");
  expect(await queryServer(first.url, "{ topWorks(by: PAGERANK) { nodes { rank } } }")).toBeNull();
  const refused = await runCli(["ingest", "sample/forks.ndjson", "sample/pith-2302.12192.state.json"], {
    env,
  });
  expect(refused.stderr).toContain("2 documents rejected because no event was accepted");
  // The registry's document is accepted, the one by an untrusted signer is not.
  expect(await queryServer(first.url, "{ status { papers } }")).toEqual({ status: { papers: 1 } });
  await stop(first, "SIGKILL");
  const second = await start(["--no-sample"], env);
  expect(await queryServer(second.url, "{ status { papers } }")).toEqual({ status: { papers: 1 } });
  expect(second.output()).toContain("curl -s");
  expect(await stop(second, "SIGTERM")).toBe(0);
});
