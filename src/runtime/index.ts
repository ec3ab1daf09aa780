export { AsyncEvent } from "./async-event.ts";
export {
  type ConnectionEnd,
  endedConnections,
  type GraphqlOperation,
  type IngestedDocument,
  ingestBatches,
  loaderBatches,
  operations,
  requests,
  rootFields,
  statements,
  type Work,
  WorkChannel,
} from "./channels.ts";
export { errorText } from "./error-text.ts";
export { isTurnOver, mapInTurns, Turns, takeTurn } from "./event-loop.ts";
export { createLog, type Log, logContext } from "./log.ts";
export { makeFolder } from "./make-folder.ts";
export { printable } from "./printable.ts";
export { backoffDelay, retry } from "./retry.ts";
export { startThread } from "./start-thread.ts";
export { TokenBuckets } from "./token-buckets.ts";
export { softwareVersion } from "./version.ts";
