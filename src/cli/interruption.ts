import { exitStatus } from "./command-error.ts";
import { outputClosed } from "./output/terminal.ts";

const statuses = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Being asked to stop, by Ctrl-C or SIGTERM: the first time it is a wish that commands follow when they can without
 * losing anything; the second time the process ends at once. Nobody reading its output any more is the same wish.
 */
export type Interruption = {
  readonly signal: AbortSignal;
  /** The exit status that tells of it; undefined where nobody asked. */
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
  whenNpmIsGone(() => {
    status ??= statuses.SIGTERM;
    controller.abort();
  });
  return { signal: controller.signal, status: () => status };
}

const lookMilliseconds = 1_000;

/**
 * npm and npx end at SIGTERM without passing it on to the program itself, which would go on as an orphan: for a program
 * that one of them started, the end of its parent is the same wish.
 */
function whenNpmIsGone(stop: () => void): void {
  if (process.env["npm_command"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, lookMilliseconds);
  timer.unref();
}

/** Resolves once the signal is given. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

type Told = { error(message: string): void };

/** Beyond the time that requests and the worker's batch are given: for closing what is left. */
const secondsForClosing = 5;

/**
 * Ends the process where it has not come to its end by itself so many seconds, and a few, from now: say, because a
 * statement under way is never answered. Whoever ends in order clears the timer, or is gone before; it keeps nobody.
 */
export function endByForce(seconds: number, log: Told): NodeJS.Timeout {
  const bound = seconds + secondsForClosing;
  return setTimeout(() => {
    log.error(`It has not stopped within ${bound} s, and is ended.`);
    process.exit(exitStatus.impossible);
  }, bound * 1_000).unref();
}
