export {
  enqueue,
  type Fault,
  faultOf,
  finishedChannel,
  type NewSubmission,
  type QueueSize,
  queuedChannel,
  readQueueSize,
  retryDelay,
  type SubmissionOutcome,
} from "./queue.ts";
export { workBatch } from "./work-batch.ts";
export { drainQueue, runWorker, type WorkerOptions } from "./worker.ts";
