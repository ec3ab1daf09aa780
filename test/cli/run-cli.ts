import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const launcher = fileURLToPath(new URL("../../bin/pith-graph.js", import.meta.url));

export type CliResult = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

type CliOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Written to standard input. */
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
};

/** Starts the command line through its launcher. */
export function spawnCli(args: readonly string[], { env = {}, cwd }: CliOptions = {}): ChildProcess {
  const { DATABASE_URL: _, ...inherited } = process.env;
  return spawn(process.execPath, [launcher, ...args], {
    env: { ...inherited, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: "pipe",
  });
}

/** Runs a command, and resolves when it ends. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options);
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  child.stdin?.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, ...output }));
  });
}
