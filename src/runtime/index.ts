export { AsyncEvent } from "./async-event.ts";
export {
  type ConnectionCloseReason,
  closedConnections,
  type GraphqlOperation,
  graphqlOperations,
  type IngestedDocument,
  ingestBatches,
  loaderBatches,
  requests,
  rootFields,
  statements,
  type Work,
  WorkChannel,
} from "./channels.ts";
export { errorText, printable } from "./display-text.ts";
export { isTurnOver, mapInTurns, Turns, waitForTurn } from "./event-loop.ts";
export { softwareVersion, startThread } from "./installation.ts";
export { createLog, type Log, logContext } from "./log.ts";
export { makeFolder } from "./make-folder.ts";
export { backoffDelay, retry } from "./retry.ts";
export { TokenBuckets } from "./token-buckets.ts";
