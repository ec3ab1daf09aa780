import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explorerPagePattern } from "../../src/server/explorer.ts";
import { runInProcess } from "./run-in-process.ts";

let server: Server;
let port: number;
let folder: string;

beforeAll(async () => {
  const health = JSON.stringify({ status: "ok", graph: {} });
  server = createServer((_, response) => response.end(health));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
  folder = await mkdtemp(join(tmpdir(), "pith-graph-open-"));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

test("prints the address of the pith-graph that runs here", async () => {
  const { status, stdout, stderr } = await runInProcess(["open", "--no-browser"], { PORT: String(port) });
  expect([status, stdout, stderr]).toEqual([0, `http://127.0.0.1:${port}/\n`, ""]);
});

test("says what to do if none runs here", async () => {
  const { status, stdout, stderr } = await runInProcess(["open", "--no-browser"], { PORT: "1" });
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("pith-graph start");
});

test.each([
  ["2302.12192", "2302.12192"],
  ["hep-th/9711200", "hep-th/9711200"],
  ["pith:ROU4N4IR", "pith%3AROU4N4IR"],
  ["https://arxiv.org/abs/2302.12192", "https%3A%2F/arxiv.org/abs/2302.12192"],
  ["10.1000/a?b#c", "10.1000/a%3Fb%23c"],
  ["10.1000/../x", "10.1000%2F../x"],
])("the page of %s is below /paper/", async (ref, path) => {
  for (const url of ["https://mirror.example.org/base", "https://mirror.example.org/base/graphql"]) {
    const { stdout } = await runInProcess(["open", ref, "--no-browser", "--url", url]);
    expect(stdout).toBe(`https://mirror.example.org/base/paper/${path}\n`);
    const { pathname } = new URL(stdout.trim());
    expect(decodeURIComponent(pathname)).toBe(`/base/paper/${ref}`);
    expect(pathname.slice("/base".length)).toMatch(explorerPagePattern);
  }
});

const isLinux = process.platform === "linux";

test.runIf(isLinux)("gives the address to the desktop's opener as one argument", async () => {
  const opened = join(folder, "opened");
  const opener = join(folder, "xdg-open");
  await writeFile(
    opener,
    `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > '${opened}.part'\nmv '${opened}.part' '${opened}'\n`,
  );
  await chmod(opener, 0o755);
  const url = "http://mirror.example.org";
  const { status } = await runInProcess(["open", "$(id);&'\"", "--url", url], {
    PATH: `${folder}:/usr/bin:/bin`,
  });
  expect(status).toBe(0);
  await expect
    .poll(() => readFile(opened, "utf8").catch(() => ""), { timeout: 60_000 })
    .toBe(`1\n${url}/paper/%24(id)%3B%26'%22\n`);
});

test.runIf(isLinux)("prints the address if there is no browser", async () => {
  const { status, stdout, stderr } = await runInProcess(["open", "--url", "http://mirror.example.org"], {
    PATH: join(folder, "empty"),
  });
  expect([status, stdout]).toEqual([0, "http://mirror.example.org/\n"]);
  expect(stderr).toContain("No browser was found");
});
