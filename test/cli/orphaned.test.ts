import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { copyPreparedData } from "../prepared-data.ts";

const launcher = fileURLToPath(new URL("../../bin/pith-graph.js", import.meta.url));

test.skipIf(process.platform === "win32")("a service that npx started stops when npx is killed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-orphan-"));
  const data = join(folder, "data");
  const prepared = inject("preparedData");
  if (prepared !== null) await copyPreparedData(prepared, data);
  const { DATABASE_URL: _, ...inherited } = process.env;
  // Like npx: a shell in between, which ends on SIGTERM without forwarding it.
  const shell = spawn(
    "sh",
    ["-c", `"${process.execPath}" "${launcher}" serve --no-worker & echo "pid $!"; wait`],
    {
      env: { ...inherited, PITH_GRAPH_DATA: data, PORT: "0", npm_command: "exec" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  const printed = (text: string) => expect.poll(() => output, { timeout: 60_000 }).toContain(text);
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  await printed("Press Ctrl-C to stop");
  const pid = Number(/pid (\d+)/.exec(output)?.[1]);
  const isAlive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  expect(isAlive()).toBe(true);
  shell.kill("SIGTERM");
  await printed("Stopping");
  await expect.poll(isAlive, { timeout: 60_000 }).toBe(false);
  await rm(folder, { recursive: true, force: true });
});
