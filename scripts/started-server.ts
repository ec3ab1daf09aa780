import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const launcher = fileURLToPath(new URL("../bin/pith-graph.js", import.meta.url));

/** A running process of `pith-graph start` or `serve`. */
export type StartedServer = {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly pid: number | undefined;
  readonly hasEnded: boolean;
  /** The last 100,000 characters of its standard error since it was ready. */
  output(): string;
  close(): Promise<void>;
};

/**
 * Starts a server on a free port, and resolves once it is ready. Rejects with its output if it ends. `onEnd` is called
 * after it was closed.
 */
export async function startServerProcess(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  onEnd: () => Promise<void> = async () => {},
): Promise<StartedServer> {
  const child = spawn(process.execPath, [launcher, ...args, "--port", "0"], {
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
  let printed = "";
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const [, found] = /(http:\/\/[^/\s]+)/.exec(printed) ?? [];
      if (found !== undefined && printed.includes("Ctrl-C")) resolve(found);
    });
    child.on("close", () => reject(new Error(`pith-graph ${args.join(" ")} ended: ${printed}${errors}`)));
  });
  errors = "";
  return {
    origin,
    pid: child.pid,
    get hasEnded() {
      return hasEnded;
    },
    output: () => errors,
    async close() {
      child.kill("SIGTERM");
      await ended;
      await onEnd();
    },
  };
}
