import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createApp, startServer } from "../../src/server/index.ts";
import { createTestDatabase } from "../database.ts";
import { runCli } from "./run-cli.ts";

let folder: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-port-"));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command with a taken port and a data folder that does not exist. */
async function startAt(port: number, command = "start") {
  const env = { PITH_GRAPH_DATA: join(folder, "new"), PORT: String(port) };
  const { status, stderr } = await runCli([command], { env });
  expect(status).toBe(3);
  // The port is checked before anything is set up.
  expect(await readdir(folder)).toEqual([]);
  return stderr;
}

test("start exits with 3 before any set-up if another program uses the port, and suggests the next one", async () => {
  for (const answer of ["", "{}", '{"status":"ok"}', "<html>"]) {
    const server = createServer((_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const printed = await startAt(port);
    expect(printed).toContain(`Port ${port} of 127.0.0.1 is in use by another program.`);
    expect(printed).toContain(`Next: PORT=${port + 1} npm start`);
    await new Promise((resolve) => server.close(resolve));
  }
});

test("start and serve print the address of a pith-graph that uses the port", async () => {
  const database = await createTestDatabase();
  closing.push(() => database.drop());
  const server = await startServer({ app: createApp({ database }), port: 0, host: "127.0.0.1" });
  closing.push(() => server.close());
  const printed = await startAt(server.port);
  expect(printed).toContain(`pith-graph is already running at ${server.url}/`);
  expect(printed).toContain(`Next: PORT=${server.port + 1} npm start`);
  expect(await startAt(server.port, "serve")).toContain(`Next: PORT=${server.port + 1} pith-graph serve`);
});
