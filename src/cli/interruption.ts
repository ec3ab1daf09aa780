import { exitStatus } from "./command-error.ts";
import { outputClosed } from "./output/terminal.ts";

const statuses = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * A request to stop. The first Ctrl-C or SIGTERM is a request that commands follow when they can without losing data;
 * the second ends the process immediately. A closed standard output is such a request, too.
 */
export type Interruption = {
  readonly signal: AbortSignal;
  /** The exit status for it; undefined if there was no request. */
  status(): number | undefined;
};

/** Listens from now on, for as long as the process lives. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let status: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (status !== undefined) process.exit(statuses[signal]);
      status = statuses[signal];
      controller.abort();
    });
  }
  outputClosed.addEventListener("abort", () => {
    status ??= exitStatus.done;
    controller.abort();
  });
  onNpmExit(() => {
    status ??= statuses.SIGTERM;
    controller.abort();
  });
  return { signal: controller.signal, status: () => status };
}

const parentCheckMilliseconds = 1_000;

/**
 * npm and npx end at SIGTERM without passing it on to the program, which would continue as an orphan: for a program
 * that one of them started, the end of its parent is a request to stop.
 */
function onNpmExit(stop: () => void): void {
  if (process.env["npm_command"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, parentCheckMilliseconds);
  timer.unref();
}

/** Resolves once the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

type ErrorLog = { error(message: string): void };

/** Seconds for closing, added to the time that requests and the worker's batch get. */
const secondsForClosing = 5;

/**
 * Ends the process if it has not stopped `secondsForClosing` after `seconds`: a running statement may never be
 * answered. A process that stops in order clears the timer, or is gone before; the timer keeps no process alive.
 */
export function forceExit(seconds: number, log: ErrorLog): NodeJS.Timeout {
  const limit = seconds + secondsForClosing;
  return setTimeout(() => {
    log.error(`Not stopped after ${limit} s: exiting by force.`);
    process.exit(exitStatus.unavailable);
  }, limit * 1_000).unref();
}
