export {
  enqueue,
  type Fault,
  faultOf,
  finishedChannel,
  type NewSubmission,
  type Outcome,
  type QueueSize,
  queuedChannel,
  readQueueSize,
  retryDelay,
} from "./queue.ts";
export { type WorkOptions, workBatch } from "./work-batch.ts";
export { drainQueue, runWorker, type WorkerOptions } from "./worker.ts";
