import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { say } from "./context.ts";

export type WorkerProcess = {
  /** Lets it finish its batch, and resolves once it has ended; after 10 s it is ended. */
  close(): Promise<void>;
};

/** From src/cli and dist/cli alike. */
const launcher = fileURLToPath(new URL("../../bin/pith-graph.js", import.meta.url));

const stopTimeout = 10_000;
const longestPause = 30_000;
/** A worker that ran so long had started well. */
const steady = 60_000;

/** Runs `pith-graph worker` in a process of its own, and again after a pause when it ends by itself. */
export function startWorkerProcess(options: { readonly keyring?: string | undefined }): WorkerProcess {
  const args = ["worker", ...(options.keyring === undefined ? [] : ["--keyring", options.keyring])];
  let child: ChildProcess | undefined;
  let isStopping = false;
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  const run = () => {
    const startedAt = performance.now();
    const running = fork(launcher, args, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    child = running;
    let isOver = false;
    const over = (how: string) => {
      if (isOver) return;
      isOver = true;
      child = undefined;
      if (isStopping) return;
      if (performance.now() - startedAt > steady) failures = 0;
      const delay = Math.min(longestPause, 500 * 2 ** failures);
      failures++;
      say(`The worker ended (${how}). It starts again in ${delay / 1000} s.`);
      pause = setTimeout(run, delay);
    };
    running.on("error", (error) => over(error.message));
    running.on("exit", (status, signal) => over(signal ?? `status ${status}`));
  };
  run();
  return {
    close: async () => {
      isStopping = true;
      clearTimeout(pause);
      const running = child;
      if (running === undefined) return;
      const timer = setTimeout(() => running.kill("SIGKILL"), stopTimeout);
      const ended = new Promise((resolve) => running.once("exit", resolve));
      if (running.connected) running.disconnect();
      await ended;
      clearTimeout(timer);
    },
  };
}
