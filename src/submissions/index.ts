export { type Fault, faultOf } from "./faults.ts";
export type { Outcome } from "./finish.ts";
export { retryDelay } from "./finish.ts";
export {
  enqueue,
  finishedChannel,
  type NewSubmission,
  type QueueSize,
  queuedChannel,
  readQueueSize,
} from "./queue.ts";
export { type WorkOptions, workBatch } from "./work-batch.ts";
export { runWorker, type WorkerOptions, workOff } from "./worker.ts";
