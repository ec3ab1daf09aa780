import { readdirSync } from "node:fs";
import { setPriority } from "node:os";

/** A `nice` value: 0 is the default priority, 19 the lowest. */
const bulkPriority = 10;

/**
 * Lowers the priority of this process from now on, so that API clients do not notice a bulk ingest. If nothing else
 * needs the processors, it runs as fast as before. Threads and processes started later inherit it: call it once the
 * embedded server runs.
 */
export function lowerPriority(): void {
  for (const thread of ownThreads()) {
    try {
      setPriority(thread, bulkPriority);
    } catch {
      // A container may forbid it; then the priority stays. Or the thread is gone.
    }
  }
}

/**
 * On Linux each thread has its own priority: those for garbage collection, compilation and file access already run, and
 * do a quarter of the work. Elsewhere the priority is the process's, for which 0 is the id.
 */
function ownThreads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [0];
  }
}
