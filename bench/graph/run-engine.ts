import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineName, EngineResult, Site } from "./engine.ts";
import type { EngineOrder } from "./engine-process.ts";
import type { Group } from "./questions.ts";

const program = fileURLToPath(new URL("engine-process.ts", import.meta.url));

/** Runs all questions on one engine in a separate process. Rejects if that ends without a result. */
export async function runEngine(
  name: EngineName,
  site: Omit<Site, "folder" | "maxConnections">,
  groups: readonly Group[],
): Promise<EngineResult> {
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-bench-engine-"));
  // graphology needs several hundred bytes an edge.
  const child = fork(program, { execArgv: ["--import", "tsx", "--expose-gc", "--max-old-space-size=12000"] });
  try {
    return await new Promise<EngineResult>((resolve, reject) => {
      child.on("message", (message: { progress?: string; result?: EngineResult }) => {
        if (message.result !== undefined) resolve(message.result);
        else process.stderr.write(`  ${name}: ${message.progress} …\n`);
      });
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`${name} ended with ${signal ?? code}.`)));
      child.send({ name, site: { ...site, folder, maxConnections: 1 }, groups } satisfies EngineOrder);
    });
  } finally {
    if (child.exitCode === null && child.connected)
      await new Promise((resolve) => child.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}
