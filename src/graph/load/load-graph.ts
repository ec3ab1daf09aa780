import type { Database } from "../../store/index.ts";
import { startThread } from "../../store/start-thread.ts";
import { BaseGraph, type BaseParts } from "../base-graph.ts";

/** Loads the graph in a thread of its own, over a connection of its own. Rejects where that fails, or at the signal. */
export function loadGraph(
  { connection }: Pick<Database, "connection">,
  signal: AbortSignal,
): Promise<BaseGraph> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = startThread("graph/load/load-thread.js", { connection });
    const onAbort = () => {
      reject(signal.reason);
      void worker.terminate();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    worker.once("message", (parts: BaseParts) => resolve(new BaseGraph(parts)));
    worker.once("error", reject);
    worker.once("exit", () => {
      signal.removeEventListener("abort", onAbort);
      reject(new Error("The thread that loads the citation graph ended unexpectedly."));
    });
  });
}
