import type { ChildProcess } from "node:child_process";
import { spawnCli } from "./run-cli.ts";

/** A command that runs until it is stopped. */
export type ServiceProcess = {
  readonly child: ChildProcess;
  /** The address at which it serves; empty for a worker. */
  readonly url: string;
  /** Resolves once a match has been printed to standard output or error. */
  printed(text: string | RegExp): Promise<void>;
};

/** Starts a command, and resolves once it is ready. Rejects if it ends. */
export function startService(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const child = spawnCli(args, { env });
  let output = "";
  const changed = new Set<() => void>();
  const printed = (text: string | RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (output.search(text) < 0) return;
        changed.delete(look);
        resolve();
      };
      changed.add(look);
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const look of changed) look();
    });
  }
  return new Promise((resolve, reject) => {
    child.on("close", (status) => reject(new Error(`ended with ${status}: ${output}`)));
    printed(args[0] === "worker" ? "Processing submissions" : "Ctrl-C").then(() => {
      const url = /is ready: (http:\/\/[^/]+)/.exec(output)?.[1] ?? "";
      resolve({ child, url, printed });
    });
  });
}
