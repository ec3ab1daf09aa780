import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type StartedServer, startServerProcess } from "../../scripts/started-server.ts";

/** A server whose event loop and memory are watched. */
export type AttackedServer = StartedServer & {
  /** The longest delay of its event loop, in milliseconds, since this was last called. */
  longestDelay(): Promise<number>;
  /** Megabytes it has now. */
  memory(): number;
  /** Megabytes it had at most since `forgetPeak`. */
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
  let asked = 0;
  const status = (name: string) =>
    Number(
      new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0,
    ) / 1024;
  return {
    ...server,
    async longestDelay() {
      asked++;
      process.kill(pid, "SIGUSR2");
      for (;;) {
        const { count, longest } = read(path);
        if (count >= asked) return longest;
        await pause(5);
      }
    },
    memory: () => status("VmRSS"),
    peakMemory: () => status("VmHWM"),
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, "5"),
  };
}

function read(path: string): { count: number; longest: number } {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { count: number; longest: number };
  } catch {
    // Not written yet, or being written.
    return { count: 0, longest: 0 };
  }
}

async function graphLoaded(origin: string): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(`${origin}/health`)).json()) as { graph: { isLoaded: boolean } };
    if (answer.graph.isLoaded) return;
    await pause(50);
  }
}
