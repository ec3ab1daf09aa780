import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type StartedServer, startServerProcess } from "../../scripts/started-server.ts";

/** Milliseconds by the clock, and those of them in which the thread had the processor. */
export type Stall = { readonly clock: number; readonly processor: number };

/** A server whose event loop and memory are watched. */
export type AttackedServer = StartedServer & {
  /** The longest stall of its event loop since the last call. */
  longestStall(): Promise<Stall>;
  /** Its resident memory in megabytes. */
  memory(): number;
  /** Its peak memory in megabytes since `forgetPeak`. */
  peakMemory(): number;
  forgetPeak(): void;
};

const watchLoop = new URL("./watch-loop.mjs", import.meta.url);

export async function startAttackedServer(
  url: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<AttackedServer> {
  const path = join(folder, "loop.json");
  const server = await startServerProcess(["start", "--no-sample"], {
    ...process.env,
    ...environment,
    DATABASE_URL: url,
    PITH_BENCH_LOOP: path,
    NODE_OPTIONS: `--import ${fileURLToPath(watchLoop)}`,
  });
  const { pid } = server;
  if (pid === undefined) throw new Error("The server has no process.");
  await graphLoaded(server.origin);
  let requests = 0;
  const status = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) /
    1024;
  return {
    ...server,
    async longestStall() {
      requests++;
      process.kill(pid, "SIGUSR2");
      for (;;) {
        const { count, ...stall } = read(path);
        if (count >= requests) return stall;
        await pause(5);
      }
    },
    memory: () => status("VmRSS"),
    peakMemory: () => status("VmHWM"),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
  };
}

function read(path: string): Stall & { count: number } {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Stall & { count: number };
  } catch {
    // Not written yet, or incomplete.
    return { count: 0, clock: 0, processor: 0 };
  }
}

async function graphLoaded(origin: string): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(`${origin}/health`)).json()) as { graph: { isLoaded: boolean } };
    if (answer.graph.isLoaded) return;
    await pause(50);
  }
}
