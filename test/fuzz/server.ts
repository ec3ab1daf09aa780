import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launcher } from "../../bench/bulk-run.ts";

/** A `pith-graph start` with the sample, in a process and a data folder of its own. */
export type FuzzedServer = {
  readonly url: string;
  /** Megabytes that the process holds; null where that cannot be seen, or it has ended. */
  memory(): number | null;
  /** What it said on standard error since it was ready. */
  said(): string;
  readonly hasEnded: boolean;
  close(): Promise<void>;
};

export async function startFuzzedServer(): Promise<FuzzedServer> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-fuzz-"));
  const child = spawn(process.execPath, [launcher, "start", "--port", "0"], {
    env: { ...process.env, PITH_GRAPH_DATA: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) =>
    child.on("close", () => {
      hasEnded = true;
      resolve();
    }),
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-100_000);
  });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const match = /ready: (http:\/\/\S+)/.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.on("close", () => reject(new Error(`pith-graph start ended: ${said}${errors}`)));
  });
  const before = errors.length;
  return {
    url,
    memory: () => memoryOf(child.pid),
    said: () => errors.slice(before),
    get hasEnded() {
      return hasEnded;
    },
    async close() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** From Linux' own account of the process. */
function memoryOf(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
