import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Config } from "./config/index.ts";
import { backoffDelay, errorText, type Log } from "./runtime/index.ts";
import type { Family } from "./telemetry/index.ts";

export type WorkerProcess = {
  /** The worker's metrics; empty if it does not answer. */
  families(): Promise<readonly Family[]>;
  /** Lets the worker finish its batch and resolves once it has exited; it is killed after `stopSeconds`. */
  close(): Promise<void>;
};

type WorkerProcessOptions = {
  readonly keyring?: string | undefined;
  readonly config: Pick<Config, "stopSeconds" | "logFormat">;
  readonly log: Log;
};

/** Works from both src and dist. */
const launcher = fileURLToPath(new URL("../bin/pith-graph.js", import.meta.url));

/** Milliseconds after which a worker counts as started well. */
const stableMilliseconds = 60_000;
/** Milliseconds to wait for the worker's metrics. */
const metricsMilliseconds = 1_000;

/** Runs `pith-graph worker` in a process of its own, and restarts it after a pause if it exits by itself. */
export function startWorkerProcess({ keyring, config, log }: WorkerProcessOptions): WorkerProcess {
  const args = ["worker"];
  if (keyring !== undefined) args.push("--keyring", keyring);
  if (config.logFormat === "json") args.push("--json");
  let child: ChildProcess | undefined;
  let isStopping = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  const run = () => {
    const startedAt = performance.now();
    const running = fork(launcher, args, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child = running;
    let hasEnded = false;
    const onEnd = (how: string) => {
      if (hasEnded) return;
      hasEnded = true;
      child = undefined;
      if (isStopping) return;
      if (performance.now() - startedAt > stableMilliseconds) failures = 0;
      failures++;
      const delay = backoffDelay(failures, { firstDelay: 1_000, maxDelay: 30_000 });
      log.warn(`The worker ended (${how}). Restarting it in ${(delay / 1000).toFixed(1)} s.`);
      pause = setTimeout(run, delay);
    };
    running.on("error", (error) => onEnd(errorText(error)));
    running.on("exit", (status, signal) => onEnd(signal ?? `status ${status}`));
  };
  run();
  return {
    families: () => (child?.connected ? requestFamilies(child) : Promise.resolve([])),
    close: async () => {
      isStopping = true;
      clearTimeout(pause);
      const running = child;
      if (running === undefined) return;
      const timer = setTimeout(() => running.kill("SIGKILL"), config.stopSeconds * 1_000);
      const ended = new Promise((resolve) => running.once("exit", resolve));
      if (running.connected) running.disconnect();
      await ended;
      clearTimeout(timer);
    },
  };
}

function requestFamilies(child: ChildProcess): Promise<readonly Family[]> {
  return new Promise((resolve) => {
    const finish = (families: readonly Family[]) => {
      clearTimeout(timer);
      child.off("message", onMessage);
      child.off("exit", onExit);
      resolve(families);
    };
    const onMessage = (message: unknown) => finish((message as { readonly families: Family[] }).families);
    const onExit = () => finish([]);
    const timer = setTimeout(onExit, metricsMilliseconds);
    child.on("message", onMessage);
    child.on("exit", onExit);
    child.send("metrics", (error) => {
      if (error !== null) onExit();
    });
  });
}
