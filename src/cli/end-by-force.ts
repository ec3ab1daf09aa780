import { exitStatus } from "./exit-status.ts";

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
