import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const launcher = fileURLToPath(new URL("../bin/pith-graph.js", import.meta.url));

/** A `pith-graph start` or `serve` in a process of its own. */
export type StartedServer = {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly pid: number | undefined;
  readonly hasEnded: boolean;
  /** What it said on standard error since it was ready; at most the last 100,000 characters. */
  said(): string;
  close(): Promise<void>;
};

/**
 * Starts it as a person would, on a free port, and waits until it is ready. Rejects with its words where it ends.
 * `onEnd` is done after it was closed. `node`: the Node.js that runs it.
 */
export async function startServerProcess(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  onEnd: () => Promise<void> = async () => {},
  node = process.execPath,
): Promise<StartedServer> {
  const child = spawn(node, [launcher, ...args, "--port", "0"], {
    env: environment,
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
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const [, found] = /(http:\/\/[^/\s]+)/.exec(said) ?? [];
      if (found !== undefined && said.includes("Ctrl-C")) resolve(found);
    });
    child.on("close", () => reject(new Error(`pith-graph ${args.join(" ")} ended: ${said}${errors}`)));
  });
  errors = "";
  return {
    origin,
    pid: child.pid,
    get hasEnded() {
      return hasEnded;
    },
    said: () => errors,
    async close() {
      child.kill("SIGTERM");
      await ended;
      await onEnd();
    },
  };
}
