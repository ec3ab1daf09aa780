import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { acquireEmbeddedServer, type EmbeddedServer } from "../../src/embedded-postgres/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { type ServiceProcess, startService } from "../cli/service-process.ts";
import { copyPreparedData } from "../prepared-data.ts";
import { readLines } from "../sample/committed-sample.ts";
import { post } from "./site.ts";

let folder: string;
let token: string;
let env: Record<string, string>;
let server: EmbeddedServer;
const children: ChildProcess[] = [];
const documents = readLines("arxiv-2022-12.ndjson.gz");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-serve-"));
  const { stdout } = await runCli(["token", "the tests"]);
  token = /^token +(\S+)$/m.exec(stdout)?.[1] ?? "";
  const tokens = /^PITH_GRAPH_TOKENS +(\S+)$/m.exec(stdout)?.[1] ?? "";
  expect(tokens).toBe(`the-tests:${createHash("sha256").update(token).digest("hex")}`);
  const dataDirectory = join(folder, "data");
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
  // Services join it: starting and stopping it in each would take longer than the tests.
  server = await acquireEmbeddedServer({ dataDirectory });
  env = {
    PITH_GRAPH_DATA: dataDirectory,
    PITH_GRAPH_TOKENS: tokens,
    PITH_GRAPH_KEYRING: "sample/keyring.json",
    PORT: "0",
  };
});

afterAll(async () => {
  // Any that a failed test left running.
  for (const child of children) child.kill("SIGKILL");
  await server.release();
  await rm(folder, { recursive: true, force: true });
});

async function start(args: readonly string[]): Promise<ServiceProcess> {
  const service = await startService(args, env);
  children.push(service.child);
  return service;
}

async function stop({ child }: ServiceProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, "close");
  child.kill(signal);
  expect(await closed).toEqual([0, null]);
}

const send = (url: string, nth: number, query = "?wait=30") =>
  post(url, documents[nth] ?? "", { authorization: `Bearer ${token}` }, query);

/** The process ids of the workers that a process runs. */
async function workersOf({ child }: ServiceProcess): Promise<number[]> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
  const found: number[] = [];
  for (const id of children.trim().split(" ").filter(Boolean).map(Number)) {
    const command = await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "");
    if (command.includes("pith-graph.js\u0000worker")) found.push(id);
  }
  return found;
}

/** A zombie process has no command line. */
async function isAlive(id: number): Promise<boolean> {
  return (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")) !== "";
}

test.runIf(process.platform === "linux")(
  "serve runs API and worker, restarts a killed worker, and stops both on SIGTERM",
  async () => {
    const service = await start(["serve"]);
    expect((await send(service.url, 0)).answers).toMatchObject([{ status: "MERGED" }]);

    const [worker = 0] = await workersOf(service);
    expect(worker).toBeGreaterThan(0);
    process.kill(worker, "SIGKILL");
    await service.printed(/The worker ended \(SIGKILL\)/);
    expect((await send(service.url, 1)).answers).toMatchObject([{ status: "MERGED" }]);
    const [next = 0] = await workersOf(service);
    expect(next).not.toBe(worker);

    await stop(service, "SIGTERM");
    expect(await isAlive(next)).toBe(false);
  },
);

test.runIf(process.platform === "linux")("a worker ends when its serve is killed", async () => {
  const service = await start(["serve"]);
  expect((await send(service.url, 2)).answers).toMatchObject([{ status: "MERGED" }]);
  const [worker = 0] = await workersOf(service);
  const closed = once(service.child, "close");
  service.child.kill("SIGKILL");
  // The worker shares its standard error, which closes only when both are gone.
  await closed;
  expect(await isAlive(worker)).toBe(false);
});

test("start runs a worker if tokens are configured, also beside a separate `worker`", async () => {
  const service = await start(["start", "--no-sample"]);
  const beside = await start(["worker"]);
  expect((await send(service.url, 3)).answers).toMatchObject([{ status: "MERGED" }]);
  const { answers } = await send(service.url, 4, "?wait=0");
  expect(answers).toMatchObject([{ id: expect.any(String), status: expect.any(String) }]);
  await stop(service, "SIGINT");
  await stop(beside, "SIGTERM");
  const again = await start(["serve"]);
  const headers = { authorization: `Bearer ${token}` };
  const { pithNumber } = (await send(again.url, 4)).answers[0] ?? {};
  const status = await (await fetch(`${again.url}${answers[0]?.url}`, { headers })).json();
  expect(status).toMatchObject({ pithNumber, status: "MERGED" });
  await stop(again, "SIGINT");
});
