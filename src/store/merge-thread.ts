import { parentPort } from "node:worker_threads";
import type { PithNumber } from "../protocol/index.ts";
import { type LogRows, mergeLog, parseLog } from "./log.ts";

/** What the thread is sent, and what it answers: `merge-in-thread.ts`. */
export type MergeRequest = { readonly id: number; readonly pithNumber: PithNumber; readonly log: LogRows };
export type MergeReply = { readonly id: number } & (
  | { readonly applied: readonly string[]; readonly text: string }
  | { readonly error: string }
);

parentPort?.on("message", ({ id, pithNumber, log }: MergeRequest) => {
  parentPort?.postMessage(replyTo(id, pithNumber, log));
});

function replyTo(id: number, pithNumber: PithNumber, log: LogRows): MergeReply {
  try {
    const { applied, text } = mergeLog(pithNumber, parseLog(log));
    return { id, applied: [...applied], text };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
