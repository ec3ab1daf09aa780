export { type Listening, type ListenOptions, listen } from "../../store/listen.ts";
export { finishedChannel, queuedChannel } from "./channels.ts";
export { enqueue, type NewSubmission } from "./enqueue.ts";
export { type Fault, faultOf } from "./faults.ts";
export type { Outcome } from "./finish.ts";
export { type QueueSize, readQueueSize } from "./queue-size.ts";
export { retryDelay } from "./retry-delay.ts";
export { type WorkOptions, workBatch } from "./work-batch.ts";
export { runWorker, type WorkerOptions, workOff } from "./worker.ts";
