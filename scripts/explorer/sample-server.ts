import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../bin/pith-graph.js", import.meta.url));

export type SampleServer = { readonly origin: string; close(): Promise<void> };

/** `npm start` with the sample in a new data directory, which goes with it. */
export async function startSampleServer(): Promise<SampleServer> {
  const data = await mkdtemp(join(tmpdir(), "pith-graph-explorer-"));
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, [launcher, "start", "--port", "0"], {
    env: { ...environment, PITH_GRAPH_DATA: data },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let said = "";
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, found] = /ready: (http:\/\/[^/\s]+)/.exec(said) ?? [];
      if (found !== undefined && said.includes("Ctrl-C")) resolve(found);
    });
    child.on("close", () => reject(new Error(`pith-graph start ended: ${said}`)));
  });
  return {
    origin,
    close: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}
