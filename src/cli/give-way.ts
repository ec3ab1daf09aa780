import { readdirSync } from "node:fs";
import { setPriority } from "node:os";

/** As `nice` counts: 0 is everybody else's, 19 the last. */
const bulkPriority = 10;

/**
 * Lets every other program of the machine go first from now on: who asks the API must not notice a bulk ingest. Where
 * nobody else wants the processors it runs as fast as before. Threads that are started later inherit it, and so do
 * processes: call it once the embedded server runs.
 */
export function giveWay(): void {
  for (const thread of ownThreads()) {
    try {
      setPriority(thread, bulkPriority);
    } catch {
      // A container may forbid it; then it goes on as it is. Or the thread is gone.
    }
  }
}

/**
 * On Linux each thread has a priority of its own: those that collect garbage, compile and read files are there already,
 * and do a quarter of the work. Elsewhere it is the process's: 0 stands for it.
 */
function ownThreads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [0];
  }
}
