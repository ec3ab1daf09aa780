import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("Node.js reads settings from a file, below those of the environment", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-env-file-"));
  try {
    const file = join(folder, ".env");
    await writeFile(file, "# A comment\nPORT=4321\nPITH_GRAPH_LOG_LEVEL=debug\n");
    const args = [`--env-file=${file}`, "bin/pith-graph.js", "config", "--json"];
    const env = { PATH: process.env["PATH"], PITH_GRAPH_LOG_LEVEL: "warn" };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const settings = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(settings).toContainEqual({ name: "PORT", value: "4321", origin: "environment" });
    expect(settings).toContainEqual({ name: "PITH_GRAPH_LOG_LEVEL", value: "warn", origin: "environment" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
